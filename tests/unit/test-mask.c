/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes and balances in operators' messages, and what must stay readable beside them. */
#include "mask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static void
check(const char *text, enum mask_mode mode, const char *keep, const char *want)
{
	const char *kept[] = { keep, NULL };
	char *masked = mask_secrets(text, mode, kept);

	CHECK_STR(masked != NULL ? masked : text, want);
	free(masked);
}

TEST(balances_of_payments_are_masked)
{
	static const char *const texts[][2] = {
		{ "DT85TH896 Confirmed. You have received Ksh3,500.00 from 501901 on 31/7/13 at "
		  "6:43 PM New M-PESA balance is Ksh11,312.00.Save & get a loan",
			"DT85TH896 Confirmed. You have received Ksh3,500.00 from 501901 on 31/7/13 "
			"at 6:43 PM New M-PESA balance is Ksh***.Save & get a loan" },
		{ "Depot recu 3250F de YAO (2290130641440) le 2025-11-12 20:48:52 Solde:4222F "
		  "ID:10932304904Frais:0F.",
			"Depot recu 3250F de YAO (2290130641440) le 2025-11-12 20:48:52 "
			"Solde:***F ID:10932304904Frais:0F." },
		{ "Votre nouveau solde est de 195 200 FCFA. Ref: MP260930.1415.B12345.",
			"Votre nouveau solde est de *** FCFA. Ref: MP260930.1415.B12345." },
		{ "New balance is Tsh 35,165.\nCash-In of Tsh 35,000\nsuccessful.",
			"New balance is Tsh ***.\nCash-In of Tsh 35,000\nsuccessful." },
		{ "Your balance on 12/03/2026 at 10:15 is UGX 500.",
			"Your balance on 12/03/2026 at 10:15 is UGX ***." },
		{ "Current Balance: GHS 468.61. Available Balance: GHS 468.61. Reference: 3435.",
			"Current Balance: GHS ***. Available Balance: GHS ***. Reference: 3435." },
		{ "o novo saldo M-Pesa e de 52.16MT.", "o novo saldo M-Pesa e de ***MT." },
		{ "رصيدك الحالي 1250 دج", "رصيدك الحالي *** دج" },
		{ "Your balance after the transfer of 5 RWF is 26250 RWF. ID 77",
			"Your balance after the transfer of *** RWF is *** RWF. ID 77" },
		{ "Solde apres retrait de 40 F est: XOF 1.250. Ref 88",
			"Solde apres retrait de *** F est: XOF ***. Ref 88" },
		{ "UGX 500 is your new balance", "UGX *** is your new balance" },
		{ "B-1001 20000 RWF", "B-1001 20000 RWF" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check(texts[i][0], MASK_PAYMENT, NULL, texts[i][1]);
}

TEST(codes_are_masked_and_transactions_kept)
{
	check("Your code is 482913. Never share it.", MASK_PAYMENT, NULL,
		"Your code is ***. Never share it.");
	check("482913 is your M-PESA verification code", MASK_PAYMENT, NULL,
		"*** is your M-PESA verification code");
	check("Votre mot de passe: AB12CD", MASK_PAYMENT, NULL, "Votre mot de passe: ***");
	check("OTP 1234 5678 for login", MASK_PAYMENT, NULL, "OTP *** for login");
	check("Votre code est le 48 29 13", MASK_PAYMENT, NULL, "Votre code est le ***");
	check("رمز التحقق 482913", MASK_PAYMENT, NULL, "رمز التحقق ***");
	check("Transaction code: 81660322", MASK_PAYMENT, "81660322", "Transaction code: 81660322");
	check("Received 500. PIN YAKO SIRI YAKO", MASK_PAYMENT, NULL,
		"Received 500. PIN YAKO SIRI YAKO");
}

TEST(where_a_code_is_spoken_of_nothing_with_a_digit_stays)
{
	check("Use 48-29-13 or A7B9 within 5 minutes. Keep the code secret.", MASK_ALL, NULL,
		"Use *** or *** within *** minutes. Keep the code secret.");
	check("Promo: 500 MB for 100 RWF", MASK_ALL, NULL, "Promo: 500 MB for 100 RWF");
}

/* Many, long, empty: nothing gets lost but what is hidden, and nothing that must be hidden stays.
 */
TEST(bounds_hide_rather_than_show)
{
	char text[4096] = "";

	check("", MASK_ALL, NULL, "");
	for (int i = 0; i < 100; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "balance 12345 x ");
	char *masked = mask_secrets(text, MASK_PAYMENT, NULL);
	REQUIRE(masked != NULL);
	CHECK(strstr(masked, "12345") == NULL);
	free(masked);
	masked = mask_secrets("balance 12345 \xff 99", MASK_PAYMENT, NULL);
	REQUIRE(masked != NULL);
	CHECK(strstr(masked, "12345") == NULL);
	free(masked);
	memset(text, 'b', sizeof(text) - 1);
	masked = mask_secrets(text, MASK_ALL, NULL);
	CHECK(masked == NULL);
	free(masked);
}

UNIT_MAIN
