-- SPDX-License-Identifier: GPL-3.0-or-later
-- news: what becomes of a ticket is told to those who reported it.

-- A ticket came into a state: each of its reporters is told once, where that state is one of those that are told.
CREATE OR REPLACE FUNCTION ticket_news(p_ticket bigint, p_state text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_ticket ticket;
BEGIN
	SELECT * INTO v_ticket FROM ticket WHERE id = p_ticket;
	IF v_ticket.restricted OR p_state <> ALL (setting_list('news_states', 'fixed refused')) THEN
		RETURN;
	END IF;
	PERFORM notice_add(r.contact_id, 'news_' || p_state, ARRAY['reference', v_ticket.reference,
			'what', '@' || coalesce('kind_' || v_ticket.kind, 'category_' || v_ticket.category),
			'place', coalesce(v_ticket.place, ''), 'reason', coalesce(v_ticket.reason, '')],
		4, v_ticket.service, p_ticket)
	FROM (SELECT DISTINCT contact_id FROM report WHERE ticket_id = p_ticket) r JOIN contact c ON c.id = r.contact_id
	WHERE NOT c.news_stopped AND c.erased_at IS NULL;
END $$;
