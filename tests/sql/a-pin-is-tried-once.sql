-- SPDX-License-Identifier: GPL-3.0-or-later
-- The attempt is written first; a wrong or unknown outcome is final for that PIN; a third PIN is never tried.
DO $$
BEGIN
	ASSERT modem_pin_try('8925', '\x01'), 'the first time';
	ASSERT NOT modem_pin_try('8925', '\x01'), 'its outcome is not known: not again';
	PERFORM modem_pin_result('8925', '\x01', true);
	ASSERT modem_pin_try('8925', '\x01'), 'it was right: a power cut asks for it again';
	PERFORM modem_pin_result('8925', '\x01', false);
	ASSERT NOT modem_pin_try('8925', '\x01'), 'it was wrong';
	ASSERT modem_pin_try('8925', '\x02'), 'the administrator corrected it';
	PERFORM modem_pin_result('8925', '\x02', false);
	ASSERT NOT modem_pin_try('8925', '\x03'), 'a third wrong one would lock the SIM';
	ASSERT modem_pin_try('8926', '\x03'), 'another SIM';
END $$;
