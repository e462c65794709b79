-- SPDX-License-Identifier: GPL-3.0-or-later
-- alert: who wants to be warned of danger in which zones; and the zones that a text names, for all services that are asked
-- about one (info, shelter, stop).

-- Zones in words -----------------------------------------------------------------------------------

-- Folded words that stand beside the names of zones in what people write to these services.
CREATE OR REPLACE FUNCTION zone_beside(p_word text)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
	RETURN place_common(p_word) OR p_word = ANY ('{
		alert,alerts,alerte,alertes,alerter,alertez,alerta,alertas,warning,warnings,warn,avertissement,avertissements,aviso,avisos,
		avise,avisem,avertir,avertissez,info,infos,information,informations,informacao,informacoes,instruction,instructions,
		consigne,consignes,shelter,shelters,abri,abris,abrigo,abrigos,refuge,refuges,refugio,refugios,stop,arret,arreter,
		arretez,parar,pare,parem,cancel,cancelar,no,more,plus,sem,mais,nao,pas,unsubscribe,subscribe,abonner,abonnez,
		inscrire,inscrivez,inscrever,subscrever,for,from,about,please,pls,plz,svp,stp,s,il,vous,plait,merci,thanks,thank,you,
		favor,por,pf,obrigado,obrigada,me,moi,mim,i,je,j,eu,want,need,veux,voudrais,quero,queria,preciso,receive,recevoir,
		receber,get,send,envoyez,envoyer,mandem,mandar,my,our,mon,ma,mes,notre,nos,meu,minha,meus,this,that,ce,cette,este,esta,
		danger,perigo,flood,floods,inondation,inondations,cheias,bonjour,bonsoir,bom,dia,hello,hi,pour,para,sur,sobre,
		where,is,are,a,ou,est,onde,um,uma,un,une,nearest,proche,latest,news,now,open,find,
		تنبيه,تنبيهات,التنبيهات,انذار,انذارات,الانذارات,تحذير,تحذيرات,التحذيرات,معلومات,ماوي,ملجا,ملاجئ,الملاجئ,قف,توقف,
		اوقف,ايقاف,ستوب,لا,اريد,عن,الي,اين,اقرب,فضلك,شكرا,خطر,رجاء,منطقه,المنطقه}'::text[]);
END $$;

-- The zone of a name as it is said, folded, or NULL: a zone's own name, else a place's in it.
CREATE OR REPLACE FUNCTION zone_named(p_folded text)
RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(n.zone_id, p.zone_id) FROM place_name n LEFT JOIN place p ON p.id = n.place_id
		WHERE n.folded = p_folded AND coalesce(n.zone_id, p.zone_id) IS NOT NULL
		ORDER BY n.zone_id IS NULL, place_width(p.kind) DESC, p.id LIMIT 1);
END $$;

-- The zones of one piece of a text, and the words of it that may be a name and are none.
CREATE OR REPLACE FUNCTION zone_piece(p_words text[], OUT zones integer[], OUT unknown text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_most CONSTANT integer := 5; -- words of a name
	v_sure CONSTANT real := 0.6; -- a name that is less like it is offered, and not taken
	v_near CONSTANT real := 0.1;
	v_count integer := coalesce(cardinality(p_words), 0);
	v_at integer := 1;
	v_zone integer;
	v_rest text[] := '{}';
BEGIN
	zones := '{}';
	WHILE v_at <= v_count LOOP
		FOR v_last IN REVERSE least(v_at + v_most - 1, v_count)..v_at LOOP
			CONTINUE WHEN v_last = v_at AND zone_beside(p_words[v_at]);
			v_zone := zone_named(array_to_string(p_words[v_at:v_last], ' '));
			IF v_zone IS NOT NULL THEN
				zones := zones || v_zone;
				v_at := v_last;
				EXIT;
			END IF;
		END LOOP;
		IF v_zone IS NULL AND NOT zone_beside(p_words[v_at]) THEN
			v_rest := v_rest || p_words[v_at];
		END IF;
		v_zone := NULL;
		v_at := v_at + 1;
	END LOOP;
	unknown := nullif(array_to_string(v_rest, ' '), '');
	IF zones = '{}' AND unknown IS NOT NULL THEN
		-- One that is likelier than any other by much.
		SELECT CASE WHEN count(DISTINCT g.zone_id) = 1 THEN min(g.zone_id) END INTO v_zone
		FROM (SELECT *, max(l.similarity) OVER () AS best FROM place_like(v_rest[1:8]) l WHERE l.zone_id IS NOT NULL) g
		WHERE g.best >= v_sure AND g.similarity >= g.best - v_near;
		IF v_zone IS NOT NULL THEN
			zones := ARRAY[v_zone];
			unknown := NULL;
		END IF;
	END IF;
END $$;

-- The zones that a text names, in its order, each once: by their names, by those of places in them, with a few letters amiss;
-- parted by commas or "and".  unknown: what stands where a zone's name would, and is none.
CREATE OR REPLACE FUNCTION zone_read(p_text text, OUT zones integer[], OUT unknown text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_most CONSTANT integer := 20;
	v_piece text;
	v_part text;
	v record;
BEGIN
	zones := '{}';
	unknown := '{}';
	FOREACH v_piece IN ARRAY regexp_split_to_array(left(coalesce(p_text, ''), 500), '[,;،؛/+&\n.!?؟:]+') LOOP
		SELECT * INTO v FROM zone_piece(string_to_array(fold(v_piece), ' '));
		IF v.unknown IS NULL AND cardinality(v.zones) <= 1 THEN
			zones := zones || v.zones; -- "Bairro Central e Sul" is one name
			CONTINUE;
		END IF;
		FOREACH v_part IN ARRAY regexp_split_to_array(fold(v_piece), ' (et|and|e|y|و|na|ne) | و(?=..)') LOOP
			SELECT * INTO v FROM zone_piece(string_to_array(v_part, ' '));
			zones := zones || v.zones;
			IF v.zones = '{}' THEN
				unknown := unknown || v.unknown;
			END IF;
		END LOOP;
	END LOOP;
	zones := (ARRAY(SELECT z FROM unnest(zones) WITH ORDINALITY AS u(z, n) GROUP BY z ORDER BY min(n)))[1:v_most];
	unknown := (array_remove(unknown, NULL))[1:v_most];
END $$;

-- The names of zones, as one text.
CREATE OR REPLACE FUNCTION zone_names(p_zones integer[])
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT string_agg(z.name, ', ' ORDER BY array_position(p_zones, z.id)) FROM zone z WHERE z.id = ANY (p_zones));
END $$;

-- The names of zones that are most like what she wrote, three at most; NULL: none is.
CREATE OR REPLACE FUNCTION zone_near(p_unknown text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_folded text := fold(p_unknown);
BEGIN
	RETURN (SELECT string_agg(n.name, ', ' ORDER BY n.score DESC, n.name)
		FROM (SELECT z.name, greatest(similarity(fold(z.name), v_folded), word_similarity(v_folded, fold(z.name))) AS score
			FROM zone z ORDER BY score DESC, z.name LIMIT 3) n
		WHERE n.score >= 0.25);
END $$;

-- A zone and those around it, nearest first.
CREATE OR REPLACE FUNCTION zone_around(p_zone integer)
RETURNS integer[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_zone integer := p_zone;
	v integer[] := '{}';
BEGIN
	WHILE v_zone IS NOT NULL AND v_zone <> ALL (v) LOOP
		v := v || v_zone;
		v_zone := (SELECT parent_id FROM zone WHERE id = v_zone);
	END LOOP;
	RETURN v;
END $$;

-- What is answered where the only zone that she names is none: the names that are most like it.
CREATE OR REPLACE FUNCTION zone_unknown_said(p_unknown text[])
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_near text := zone_near(p_unknown[1]);
BEGIN
	RETURN CASE WHEN v_near IS NULL THEN ARRAY['unknown', 'unknown', left(p_unknown[1], 30)]
		ELSE ARRAY['unknown_near', 'unknown', left(p_unknown[1], 30), 'text', v_near] END;
END $$;

-- Subscriptions ------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION subscription_zones(p_contact bigint)
RETURNS integer[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY(SELECT s.zone_id FROM subscription s JOIN zone z ON z.id = s.zone_id WHERE s.contact_id = p_contact
		ORDER BY z.name);
END $$;

-- The words that name zones: an answer's, else the message's own; what is kept of a menu's form has none.
CREATE OR REPLACE FUNCTION zone_words(p_message bigint, p_fields jsonb)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT body FROM message WHERE id = (p_fields ->> 'answer')::bigint), p_fields ->> 'words',
		(SELECT body FROM message WHERE id = p_message AND kind <> 'ussd'));
END $$;

-- The zones that are meant: the one that was chosen in a menu, else those that her words name.
CREATE OR REPLACE FUNCTION zone_asked(p_message bigint, p_fields jsonb, OUT zones integer[], OUT unknown text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_zone CONSTANT integer := (SELECT z.id FROM form_zone(p_fields) z);
BEGIN
	IF v_zone IS NOT NULL THEN
		zones := ARRAY[v_zone];
		unknown := '{}';
	ELSE
		SELECT r.zones, r.unknown INTO zones, unknown FROM zone_read(zone_words(p_message, p_fields)) r;
	END IF;
END $$;

-- Who asks for warnings gets them, whatever she stopped before.
CREATE OR REPLACE FUNCTION service_alert(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_most CONSTANT integer := 20;
	v_final boolean := coalesce((p_fields ->> 'final')::boolean, false);
	v_mine integer[] := subscription_zones(p_contact);
	v_said text[];
	v record;
BEGIN
	SELECT * INTO v FROM zone_asked(p_message, p_fields);
	IF v.zones = '{}' THEN
		v_said := CASE WHEN v.unknown <> '{}' THEN zone_unknown_said(v.unknown)
			WHEN v_mine <> '{}' THEN ARRAY['list', 'text', zone_names(v_mine)] ELSE ARRAY['which'] END;
		IF NOT v_final THEN
			PERFORM session_ask(p_contact, 'alert', 'place', '', p_message);
			v_said := v_said || ARRAY['ask', 'place'];
		END IF;
		RETURN v_said;
	ELSIF cardinality(v_mine || v.zones) > v_most THEN
		RETURN ARRAY['many', 'text', zone_names(v_mine)];
	END IF;
	INSERT INTO subscription (contact_id, zone_id, at) SELECT p_contact, z, city_now() FROM unnest(v.zones) AS z
	ON CONFLICT DO NOTHING;
	UPDATE contact SET warnings_stopped = false WHERE id = p_contact AND warnings_stopped;
	v_said := ARRAY['subscribed', 'text', zone_names(subscription_zones(p_contact))];
	IF v.unknown <> '{}' THEN
		v_said := ARRAY['subscribed_rest'] || v_said[2:] || ARRAY['unknown', left(array_to_string(v.unknown, ', '), 30)];
	END IF;
	RETURN v_said;
END $$;
