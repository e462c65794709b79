/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payment-format: every format of conf/payments/ reads hundreds of messages of its kind with other
 * values, and none of what only looks like them.
 *
 * Messages are made from examples in this file, not from the patterns.
 */
#include "unit.h"

#include <ctype.h>

#include "config.h"
#include "json-read.h"
#include "payment-format.h"

#define ROUNDS 300
#define MESSAGE_MAX 2048

/* --- Examples --- */

/*
 * {m} amount with its currency as written there, {n} name, {p} phone, {r} reference, {d} date,
 * {t} time, {b} another sum, {i} id; {x} and {o} are what a format's reversal names.
 * Of an id and a phone: # is a digit, @ a letter or digit.
 */
struct example {
	const char *provider, *format, *country, *currency;
	const char *id, *phone;
	const char *amount; /* how it is written: e 1,300.00  p 1300  d 1300.00  s 1 300  t 1.300
			       c 1 300,00  k 1,300  o 1300.0 */
	const char *text;
};

static const struct example examples[] = {
	{ "M-Pesa", "received, en", "KE", "KES", "TJ@#@@@@@@", "2547########", "e",
		"{i} Confirmed.\nYou have received Ksh{m} from\n{n} {p}\non {d} at {t}\n"
		"New M-PESA balance is Ksh{b}" },
	{ "M-Pesa", "received, en", "KE", "KES", "BI##HR###", "07########", "k",
		"{i} Confirmed. You have received Ksh{m} {n} {p} on {d} at {t} New M-PESA balance Ksh{b}" },
	{ "M-Pesa", "received, en", "TZ", "TZS", "BFS@DODFC@@", NULL, "e",
		"{i} confirmed. You have received a payment of Tsh{m} from 922750 - {n} on {d} at {t}. "
		"New M-Pesa balance is Tsh{b}" },
	{ "M-Pesa", "received by a till, en", "TZ", "TZS", "BD##CR##P@@", "2557########", "e",
		"{i} Confirmed. On {d} at {t} Tsh{m} Tsh. has been received from {p} - {n}.Your balance is "
		"Tsh{b} Tsh." },
	{ "M-Pesa", "received by a till, en", "TZ", "TZS", "BEK#D##QOS#", "2557########", "e",
		"{i} Confirmed. Tsh{m} received from {p} - {n} on {d} at {t}.New Pochi SHOP balance is "
		"Tsh{b}." },
	{ "M-Pesa", "received by a till, en", "KE", "KES", "EA##HY###", "2547########", "e",
		"{i} Confirmed.\non {d} at {t}\nKsh{m} received from\n{p} {n}\nNew Account balance is Ksh{b}" },
	{ "M-Pesa", "received, pt", "MZ", "MZN", "DFT#KNI@@@@", "25884#######", "e",
		"Confirmado {i}. Recebeste {m}MT de {p} - {n} aos {d} as {t}. O teu novo saldo M-Pesa e de "
		"{b}MT. Em caso de duvida, liga 100." },
	{ "M-Pesa", "deposit at an agent, pt", "MZ", "MZN", "DEV#KB#@@@@", NULL, "e",
		"Confirmado {i}. Depositaste o valor de {m}MT no agente {n} aos  {d} as {t}. O teu novo "
		"saldo  M-Pesa e de {b}MT." },
	{ "M-Pesa", "received, fr", "CD", "USD", "1########", "2438########", "d",
		"ARGENT RECU du {p} le {d} {t}\nDu compte: 10043#####\nMontant: {m} USD\n"
		"Frais: 0.00 USD\nRef: {i}\nSolde Disponible: {b} USD" },
	{ "M-Pesa", "received, sw", "TZ", "TZS", "DFJ#B#F@@@", NULL, "e",
		"{i} imethibitishwa. Umepokea Tshs {m} kutoka {n}, Akaunti ****1234 - JINA tarehe {d} saa {t}." },
	{ "Airtel Money", "received, id first, en", "KE", "KES", "14##########", NULL, "d",
		"Trans. ID: {i} You have received {m}Ksh from\n{n}. Your available\nbalance is {b}Ksh." },
	{ "Airtel Money", "received, id last, en", "UG", "UGX", "561########", "2567########", "k",
		"You have received UGX {m} from {p}, {n}. Your Balance is UGX {b}. Trans ID: {i}." },
	{ "Airtel Money", "received, in capitals", "UG", "UGX", "1551########", "75#######", "k",
		"RECEIVED. TID {i}. UGX {m} from {p}, {n}. Bal UGX {b}." },
	{ "Airtel Money", "cash deposit, en", "UG", "UGX", "571########", NULL, "k",
		"Cash deposit of UGX {m} with Agent ID:98791####. Balance UGX {b}. Trans ID:{i}. "
		"Date {d} {t}." },
	{ "Airtel Money", "cash deposit, en", "UG", "UGX", "143#########", NULL, "k",
		"CASH DEPOSIT of UGX {m} from  {n}. Bal UGX {b}. TID {i}." },
	{ "Airtel Money", "received, sw", "TZ", "TZS", "MI######.####.Q#####", "2557########", "e",
		"Umepokea Tsh{m}, {n}, {p}. Salio jipya ni Tsh{b}. Muamala No. {i}" },
	{ "Airtel Money", "received, id first, fr", "CD", "USD", "PP######.####.D#####",
		"97#######", "d",
		"Trans. ID: {i} Vous avez recu {m} USD de {p} {n}. Votre solde est de {b} USD." },
	{ "Airtel Money", "received, fr, in Madagascar", "MG", "MGA", NULL, "33#######", "p",
		"Vous avez recu Ar {m} de {n} {p}. Solde: Ar {b}" },
	{ "Airtel Money", "deposit at an agent, mg", "MG", "MGA", "CI######.####.E#####", NULL, "p",
		"Ar {m} azo tamin'ny agent 3316#####. Toebolanao Ar {b}. Trans ID: {i}" },
	{ "MTN MoMo", "received, en", "RW", "RWF", "7##########", "25078#######", "p",
		"You have received {m} RWF from {n} ({p}) on your mobile money account at {d} {t}. "
		"Message from sender: {r}. Your new balance:{b} RWF. Financial Transaction Id: {i}." },
	{ "MTN MoMo", "received, en", "RW", "RWF", "7##########", NULL, "p",
		"You have received {m} RWF from {n} (*********013) on your mobile money account at {d} {t}. "
		"Message from sender: . Your new balance:{b} RWF. Financial Transaction Id: {i}." },
	{ "MTN MoMo", "received, en", "UG", "UGX", "119########", "25677#######", "p",
		"You have received {m} UGX from {n} . ({p} Jina Lingine) on your mobile money account at "
		"{d} {t}. Message from sender: {r}. Your new balance: {b} UGX. Loyalty fee was 0 and loyalty "
		"reward was 0. Promotion was 0. Financial Transaction Id: {i}." },
	{ "MTN MoMo", "received, en", "UG", "UGX", NULL, "25677#######", "d",
		"Y'ello. You have received\nUGX {m} from \n{n}\n({p}) on your\nmobile money account at\n"
		"{d}\n{t}.Your new\nbalance:UGX\n{b}." },
	{ "MTN MoMo", "received from another network, en", "UG", "UGX", "431########", "07########",
		"p",
		"You have received UGX {m} from Airtel Money on {d} {t}. fee:0. Reason: {n} , {p}. "
		"New balance: UGX {b}. ID: {i}." },
	{ "MTN MoMo", "received, reason and id, en", "UG", "UGX", "431########", "25676#######",
		"p",
		"You have received UGX {m} from {n}, {p} on {d} {t}. fee:0. Reason: {r}. New balance: "
		"UGX {b}. ID: {i}." },
	{ "MTN MoMo", "received, reason and id, en", "UG", "UGX", NULL, NULL, "p",
		"You have received UGX {m} from {n} . on {d} {t}. fee:0. Reason: . New balance: UGX {b}." },
	{ "MTN MoMo", "deposited, en", "UG", "UGX", NULL, NULL, "p",
		"You have deposited UGX {m} from {n} on {d} {t}. New balance: UGX {b}." },
	{ "MTN MoMo", "bank deposit, en", "RW", "RWF", NULL, NULL, "p",
		"*113*R*A bank deposit of {m} RWF has been added to your mobile money account at {d} {t}. "
		"Your NEW BALANCE :{b} RWF. Cash Deposit::CASH::::0::25079342####.Thank you.*EN#" },
	{ "MTN MoMo", "payment received from another network, en", "GH", "GHS", "809########",
		"2332########", "d",
		"Payment received for GHS {m} from {n} Current Balance: GHS {b} . Available Balance: GHS {b}. "
		"Reference: {n} ,{p},5 from VODAFONE. Transaction ID: {i}. TRANSACTION FEE: 0.00" },
	{ "MTN MoMo", "payment received, en", "GH", "GHS", "141########", NULL, "d",
		"Payment received for GHS {m} from {n} Current Balance: GHS {b} . Available Balance: GHS {b}. "
		"Reference: {r}. Transaction ID: {i}. TRANSACTION FEE: 0.00" },
	{ "MTN MoMo", "payment received, en", "GH", "GHS", "141########", NULL, "d",
		"Cash In received for GHS {m} from {n}. Current Balance: GHS {b}. Transaction ID: {i}." },
	{ "MTN MoMo", "transfer, fr, short", "BJ", "XOF", "110########", "22901########", "p",
		"Transfert {m}F de {n} ({p}) {d} {t} Ref:{r} Solde:{b}F ID:{i}" },
	{ "MTN MoMo", "deposit at an agent, fr, short", "BJ", "XOF", "109########", NULL, "p",
		"Depot recu {m}F de {n} (229013####### - ) le {d} {t} Solde:{b}F ID:{i}Frais:0F." },
	{ "MTN MoMo", "transfer, fr", "BJ", "XOF", "110########", "22901########", "p",
		"Vous avez recu un transfert de {m}FCFA de {n}  ({p}) le {d} {t}. Reference: {r}. Nouveau "
		"solde: {b} FCFA. ID de la transaction : {i}.." },
	{ "MTN MoMo", "transfer, fr", "CM", "XAF", "110########", "2376########", "p",
		"Vous avez recu un transfert de {m}FCFA de {n} ({p}) le {d} {t}. Reference: {r}. Nouveau "
		"solde: {b} FCFA. ID de la transaction : {i}.." },
	{ "MTN MoMo", "received, fr", "BJ", "XOF", "TXN260#######", NULL, "s",
		"MTN MOBILE MONEY: Vous avez reçu {m} FCFA de {n} le {d}. Frais: 0 FCFA. Nouveau solde: {b} "
		"FCFA. Ref: {i}" },
	{ "MTN MoMo", "received, fr", "CM", "XAF", "MP######.####.B#####", "67#######", "t",
		"Vous avez recu {m} FCFA de {n} ({p}). Votre nouveau solde est de {b} FCFA. Ref: {i}." },
	{ "MTN MoMo", "payment, fr", "CM", "XAF", NULL, NULL, "p",
		"Paiement reussi de {n} Date {d} {t} Montant {m} XAF Pay ID 12###. Votre Pay ID est votre "
		"preuve de paiement." },
	{ "Orange Money", "transfer, fr", "ML", "XOF", "PP######.####.C#####", "79######", "p",
		"Vous avez recu un transfert de {m} FCFA du {p}. ID: {i}. Consultez votre nouveau solde sur "
		"Max it ou au #144#6#. OFM MALI" },
	{ "Orange Money", "transfer, fr", "CI", "XOF", "PP######.####.D#####", "07########", "d",
		"Bonjour, vous avez recu un transfert de {m} FCFA du {p}. Reference {i}. Nouveau solde {b} "
		"FCFA." },
	{ "Orange Money", "transfer, fr", "MG", "MGA", "PP######.####.D#####", "032#######", "p",
		"Vous avez recu un transfert de {m}Ar venant du {p} Nouveau Solde: {b}Ar. Trans Id: {i}. "
		"Orange Money vous remercie." },
	{ "Orange Money", "transfer, fr", "MG", "MGA", NULL, "037#######", "p",
		"Vous avez recu un transfert de {m}Ar venant du {p} Nouveau Solde: {b}Ar" },
	{ "Orange Money", "transfer, fr", "CM", "XAF", "OM-98#######", "69#######", "s",
		"Vous avez recu un transfert de {m} FCFA de {n} ({p}). Nouveau solde: {b} FCFA. ID "
		"transaction: {i}." },
	{ "Orange Money", "transfer, fr", "BF", "XOF", "PP######.####.########", "77######", "o",
		"Vous avez recu {m} FCFA, Frais:  FCFA, Taxe:  FCFA du {p},{n}. Le solde de votre compte est "
		"de {b} FCFA Trans ID: {i}. Flashez le QR CODE marchand : https://onelink.to/nn64xw" },
	{ "Orange Money", "transfer, fr", "BF", "XOF", "CI######.####.########", "48#####", "o",
		"Cher client, vous avez recu {m} FCFA, Frais:  FCFA, Taxe:  FCFA de {p} {n}. Votre solde est "
		"de {b} FCFA. ID Trans: {i}. Merci d'utiliser Orange Money." },
	{ "Orange Money", "credit, fr", "CI", "XOF", NULL, NULL, "s",
		"Orange Money: Credit de {m} FCFA reçu de 07 89 01 23. Solde: {b} FCFA." },
	{ "Orange Money", "cash in, en", "CM", "XAF", "DP-948#####", NULL, "s",
		"Orange Money: Cash In successful. {m} FCFA deposited by Agent {n}. Fee: 0 FCFA. Balance: {b} "
		"FCFA. Transaction ID: {i}." },
	{ "Moov Money", "received, fr", "BJ", "XOF", NULL, "97######", "s",
		"MOOV MONEY: Vous avez reçu {m} FCFA de {p}. Votre solde est de {b} FCFA." },
	{ "Moov Money", "received, a line each, fr", "BF", "XOF", "CLK##W##R#", "226########", "c",
		"Vous avez reçu {m} FCFA de {n}. \nNuméro: {p}\nDate: {d} {t}\nTID: {i}\nSolde: {b} FCFA" },
	{ "Moov Money", "transfer, a line each, fr", "BF", "XOF", "PP######.####.B#####",
		"226########", "c",
		"Transfert National d'argent reçu de {n}\nNuméro: {p}\nMontant: {m} FCFA\nDate: {d} {t}\n"
		"TID: {i} \nSolde: {b} FCFA" },
	{ "Wave", "received, fr", "BF", "XOF", "T##Y#JQ#D#DVU#Y@@", "57######", "t",
		"Vous avez recu {m}F\nDe {n} ({p})\nNouveau solde: {b}F \n+infos: 80085523\nAvec UBA\n{i}" },
	{ "Wave", "received, fr", "SN", "XOF", "T_##Y#JQ#D#DVU#", "77#######", "t",
		"Wave: Vous avez reçu {m}F de {n} ({p}). Nouveau solde: {b}F {i}" },
	{ "Tigo Pesa", "received, en", "TZ", "TZS", "PP######.####.D#####", "0722######", "k",
		"New balance is Tsh {b}.\nYou have received Tsh {m}\nfrom {n},\n{p}. {d} {t}; with TxnId:\n"
		"{i}.\nTransact with..." },
	{ "Tigo Pesa", "cash in, en", "TZ", "TZS", "CI######.####.G#####", NULL, "k",
		"New balance is Tsh {b}.\nCash-In of Tsh {m}\nsuccessful. Agent {n}.\nTxnID:\n{i}. You can now "
		"send money from your account to..." },
	{ "Tigo Pesa", "received, sw", "TZ", "TZS", "MFICI.######.####.R###########", NULL, "k",
		"Hamisho la pesa limekamilika. Salio jipya TSh {b}. Umepokea TSh {m} kutoka kwa {n}, "
		"kumbukumbu ya malipo. {i}. 4G21PHGXGT. {d} {t}." },
	{ "Mixx by Yas", "received, en", "TZ", "TZS", "26############", NULL, "k",
		"Transfer Successful. New balance is TSh {b}. You have received TSh {m} from {n}; {n} with "
		"TxnId: {i}. 003_19ec6e42e888a9a7. {d} {t}. Every Transaction is a Winning Goal!" },
	{ "Telecel Cash", "received from another network, en", "GH", "GHS", "0000061#########",
		"23300#######", "e",
		"{i} Confirmed. You have received GHS{m} from MTN MOBILE MONEY with transaction reference: "
		"Transfer From: {p}-{n} on {d} at {t}. Your Telecel Cash balance is GHS{b}. Ref: {r}." },
	{ "Telecel Cash", "received, en", "GH", "GHS", "0000061#########", "23300#######", "e",
		"{i} Confirmed. You have received GHS{m} from {p} - {n} on {d} at {t}. Your Telecel Cash "
		"balance is GHS{b}. Reference: {r}." },
	{ "e-Mola", "received, en", "MZ", "MZN", "PP######.####.K#####", "87#######", "e",
		"Transaction ID: {i}. You received {m}MT from {p}, name: {n} at {t} on {d}. Content: {r}. "
		"Your account balance is {b}MT. In case of doubt, please call 100. Thank you!" },
	{ "e-Mola", "received, pt", "MZ", "MZN", "PP######.####.A#####", "84#######", "e",
		"ID da transacao: {i}. Recebeste {m}MT da conta {p}, nome: {n} as {t} de {d}. Conteudo: {r}. "
		"O saldo da tua conta e {b}MT. Em caso de duvida, liga 100. Obrigado!" },
	{ "Sahal", "received, en", "SO", "USD", "302######", "77#####", "d",
		"[SAHAL] Ref:{i} confirmed. ${m} Received from {n}({p}) on {d} {t}. New A/c balance is ${b}." },
	{ "Sahal", "received, so", "SO", "USD", "307######", "25263#######", "p",
		"[SAHAL] Tix:{i} waxaad ${m} ka heshay {n}({p}) tar:{d} {t}. Haraagaagu waa ${b}." },
	{ "EVC Plus", "received, so", "SO", "USD", NULL, "61#######", "d",
		"[-EVCPlus-] waxaad ${m} ka heshay {p}, Tar: {d} {t} haraagaagu waa ${b}" },
	{ "MVola", "received, fr", "MG", "MGA", "58########", "038#######", "s",
		"{m} Ar recu de {n} {p} le {d} a {t}. Raison: {r}. Solde: {b} Ar. Ref {i}" },
	{ "MVola", "received, fr", "MG", "MGA", NULL, "034#######", "s",
		"{m} Ar recu de {n} {p} le {d}. Solde: {b} Ar" },
	{ "Coris Money", "received, fr", "BF", "XOF", "20######.OB#######.###", "55######", "o",
		"Vous avez recu {m}F de {p} AVD / {n} le {d} {t}. TID {i}. Votre solde est de {b}F" },
	{ "Coris Money", "from a bank account, fr", "BF", "XOF", "20######.US#######.###", NULL,
		"o",
		"Vous avez recu depuis le compte bancaire de {n}, un montant de {m}F le {d} {t}. TID: {i}" },
	{ "telebirr", "received, en", "ET", "ETB", "DAV#D#PV@@", NULL, "e",
		"Dear {n} You have received ETB {m} from {n}(2519****2078)  on {d} {t}. Your transaction number "
		"is {i}. Your current E-Money Account balance is ETB {b}. Thank you" },
	{ "telebirr", "received from a bank, en", "ET", "ETB", "DAV#COO@@@", NULL, "e",
		"Dear {n}, You have received  ETB {m} by transaction number {i} on {d} {t} from {n} to your "
		"telebirr Account 25191565#### - {n}. Your current balance is ETB {b}." },
	{ "telebirr", "deposited, en", "ET", "ETB", "DAV#CQ#@@@", NULL, "d",
		"Dear {n} You have successfully deposited ETB {m} to your {n} on {d} {t}. Your telebirr "
		"transaction number is {i}. Your current balance is ETB {b}." },
	/* The same with a sentence more or less, a masked number, another order of words. */
	{ "M-Pesa", "received, en", "KE", "KES", "TJ@#@@@@@@", "2547########", "e",
		"{i} Confirmed. You have received {m} Ksh from {n} {p} on {d} at {t}." },
	{ "M-Pesa", "received by a till, en", "TZ", "TZS", "BFS#DOBY@@@", NULL, "e",
		"{i} Confirmed. On {d} at {t}Tsh{m} received from b4ssoum3tg9syfzcv9. New Merchant balance is "
		"Tsh{b}." },
	{ "MTN MoMo", "received, en", "RW", "RWF", "7##########", "25078#######", "p",
		"You have received RWF {m} from {n} ({p}) on your mobile money account at {d} {t}. Message from "
		"sender: {r}. Fee was 0 RWF. Financial Transaction Id: {i}." },
	{ "MTN MoMo", "received, reason and id, en", "UG", "UGX", "431########", "25676#######",
		"k", "You have received UGX {m} from {n}, {p} on {d} {t}. Reason: {r}. ID: {i}." },
	{ "MTN MoMo", "bank deposit, en", "RW", "RWF", NULL, NULL, "p",
		"*113*R*A bank deposit of {m} RWF has been added to your mobile money account at {d} {t}. Fee: "
		"RWF 0. Your NEW BALANCE :{b} RWF." },
	{ "MTN MoMo", "payment received, en", "GH", "GHS", "141########", NULL, "e",
		"Payment received for GHS {m} from {n}. Fee: GHS 0.00. Reference: {r}. Transaction ID: {i}." },
	{ "MTN MoMo", "transfer, fr, short", "BJ", "XOF", "110########", "22901########", "p",
		"Transfert {m} F CFA de {n} ({p}) {d} {t} Frais:0F Ref:{r} ID:{i}" },
	{ "MTN MoMo", "transfer, fr", "BJ", "XOF", "110########", "22901########", "s",
		"Vous avez recu un transfert de {m} XOF de {n} ({p}) le {d} à {t}. Frais: 0 FCFA. Reference: "
		"{r}. ID de la transaction : {i}." },
	{ "MTN MoMo", "received, fr", "BJ", "XOF", "TXN260#######", NULL, "c",
		"MTN MOBILE MONEY: Vous avez reçu {m} FCFA de {n} le {d}. Ref: {i}" },
	{ "Airtel Money", "received, id last, en", "UG", "UGX", "561########", NULL, "k",
		"You have received UGX {m} from 256****204, {n}. Fee: UGX 0. Your Balance is UGX {b}. Trans ID: "
		"{i}." },
	{ "Airtel Money", "cash deposit, en", "UG", "UGX", "571########", NULL, "k",
		"Cash deposit of UGX {m} from {n}. Trans ID:{i}. Date {d} {t}." },
	{ "Airtel Money", "received, in capitals", "UG", "UGX", "1551########", "75#######", "e",
		"RECEIVED. TID {i}. UGX {m} from {p}, {n}. Bal UGX {b}. {d} {t}" },
	{ "Orange Money", "transfer, fr", "BF", "XOF", "PP######.####.########", "77######", "s",
		"Vous avez recu {m} F CFA du {p},{n}. Frais: 0 FCFA. Le solde de votre compte est de {b} FCFA "
		"Trans ID: {i}." },
	{ "Moov Money", "received, a line each, fr", "BF", "XOF", "CLK##W##R#", NULL, "d",
		"Vous avez reçu {m} FCFA de {n}. \nNuméro: 226****486\nDate: {d} {t}\nTID: {i}" },
	{ "Wave", "received, fr", "BF", "XOF", "T##Y#JQ#D#DVU#Y@@", "57######", "p",
		"Vous avez recu {m}F\nDe {n} ({p})\nFrais: 0F\nNouveau solde: {b}F \n{i}" },
	{ "Telecel Cash", "received, en", "GH", "GHS", "0000061#########", NULL, "e",
		"{i} Confirmed. You have received GHS{m} from 233****034 - {n} on {d} at {t}. Reference: {r}." },
	{ "e-Mola", "received, en", "MZ", "MZN", "PP######.####.K#####", "87#######", "c",
		"Transaction ID: {i}. You received {m}MT from {p}, name: {n} at {t} on {d}. Content: {r}. In "
		"case of doubt, please call 100. Thank you!" },
	{ "MVola", "received, fr", "MG", "MGA", "58########", "038#######", "s",
		"{m} Ar recu de {n} {p} le {d} a {t}. Raison: {r}. Frais: 0 Ar. Ref {i}" },
	{ "telebirr", "received, en", "ET", "ETB", "DAV#D#PV@@", NULL, "e",
		"Dear {n} You have received {m} Birr from {n}(2519****2078)  on {d} {t}. Fee: ETB 0.00. Your "
		"transaction number is {i}." },
	{ "M-Pesa", "received by a till, en", "TZ", "TZS", "BFS#DOBY@@@", NULL, "e",
		"{i} Confirmed.{m}Tsh received from {n} on {d} at {t}." },
	{ "Airtel Money", "received, sw", "TZ", "TZS", "MI######.####.Q#####", "74#######", "s",
		"Umepokea Tsh{m},{p} {n}. Salio jipya ni Tsh{b}. Muamala No. {i}" },
	{ "Telecel Cash", "received, en", "GH", "GHS", "0000061#########", "23300#######", "e",
		"{i} Confirmed. You have received GHS{m} from {p} - {n} on {d} at {t}. Fee: GHS 0.00. "
		"Reference: {r}." },
	{ "M-Pesa", "reversed, en", "KE", "KES", NULL, NULL, "e",
		"ER30SR746 Confirmed. Transaction {x} has been reversed.  Your account balance is now Ksh{b}." },
	{ "M-Pesa", "reversed, en", "KE", "KES", NULL, NULL, "e",
		"RAJ3C4QXYZ Confirmed. Reversal of transaction {x} has been successfully reversed  on {d}  at "
		"{t} and Ksh{m} is debited from your M-PESA account." },
	{ "M-Pesa", "refunded, en", "KE", "KES", NULL, NULL, "k",
		"EE56TY519 confirmed. Your Pay Shop transaction {x} of {m}Ksh has been refunded by 971577 - "
		"{n}. Your account balance is now {b}Ksh." },
	{ "M-Pesa", "reversed, pt", "MZ", "MZN", NULL, NULL, "e",
		"Confirmado DFT1KNIBSBY. A transaccao {x} de {b}MT foi revertida." },
	{ "Airtel Money", "reversed, en", "UG", "UGX", NULL, NULL, "k",
		"Transaction ID {x} of UGX {m} has been reversed. Bal UGX {b}." },
	{ "MTN MoMo", "reversal begun, en", "RW", "RWF", NULL, NULL, "p",
		"A reversal has been initiated for your transaction to {n} (250784######) with {m} RWF." },
	{ "MTN MoMo", "reversed, en", "UG", "UGX", NULL, NULL, "p",
		"Your payment of UGX {m} to {n} with Financial Transaction Id: {o} has been reversed." },
	{ "Orange Money", "transfer cancelled, fr", "ML", "XOF", NULL, NULL, "p",
		"Le transfert de {m} FCFA du 7631#### avec l'ID de tranfert {x} a ete annule car il n'a pas "
		"ete confirme dans les delais" },
};

#define LENGTH(array_) (sizeof(array_) / sizeof((array_)[0]))

static const char *const names[] = { "Awa", "AWA TRAORE", "N'Guessan Kouamé",
	"Aïssatou Bâ épse Diop", "O. J. SAMPLE & SONS LTD", "Jean-Pierre D’Almeida",
	"ABACUS INVESTMENTS LIMITED COMMISSION", "Grace New Life Church", "Chief Sample 3",
	"LYCEE TECHNIQUE DE NYLON - PROBATOIRE", "Simon On", "Receiver Sent Ltd", "Ñandú Über",
	"عائشة", "A/B SERVICES (MAURITIUS)", "Your Shop" };
static const char *const references[] = { "rent", "41", "TX-4471/2026", "Fees term 2",
	"Patente 2026 n° 12", "kodi ya nyumba", "Réf 12", "2094041046350465138", "loan repayment",
	"sent by Awa", "STALL 12, ROW 4", "KLA/2026.3", "ID 4471" };
static const char *const tails[] = { "", "", " Dial *334# for loans up to 5,000.00 today!",
	" Vous avez recu un bonus de 500 FCFA? Max it : https://onelink.to/abc",
	"\nYou have received 10 free SMS. Win UGX 1,000,000 now", " Failed before? Sent 5 today.",
	"\r\n\r\nPIN YAKO SIRI YAKO", "." };

/* --- Making messages --- */

static uint64_t state = 7;

static uint64_t
draw(uint64_t limit)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 17) % limit;
}
#define ANY(list_) (list_)[draw(LENGTH(list_))]

struct message {
	char text[MESSAGE_MAX];
	size_t length;
	char amount[MONEY_PLAIN_MAX], id[80], phone[80], reference[80], reverses[80];
	char date[PAYMENT_DATE_MAX], time[PAYMENT_TIME_MAX];
};

static void
put(struct message *m, const char *bytes)
{
	size_t length = strlen(bytes);

	REQUIRE(m->length + length < MESSAGE_MAX);
	memcpy(m->text + m->length, bytes, length + 1);
	m->length += length;
}

static void
make_code(const char *shape, char out[80])
{
	static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
	size_t i;

	for (i = 0; shape[i] != '\0'; i++)
		out[i] = shape[i] == '#'  ? (char)('0' + draw(10))
			: shape[i] == '@' ? letters[draw(sizeof(letters) - 1)]
					  : shape[i];
	out[i] = '\0';
}

/* A whole number with that between its groups of three. */
static void
group(unsigned long whole, const char *between, char out[48])
{
	char digits[24];
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%lu", whole);

	out[0] = '\0';
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			strcat(out, between);
		strncat(out, digits + i, 1);
	}
}

static void
make_amount(char how, int exponent, char out[64], char plain[MONEY_PLAIN_MAX])
{
	unsigned long whole = 1 + draw(draw(2) ? 1000 : 30000000), part = 0;
	static const struct {
		char how;
		const char *between, *sign;
		int decimals;
	} ways[] = { { 'e', ",", ".", 2 }, { 'd', "", ".", 2 }, { 'p', "", "", 0 },
		{ 's', " ", "", 0 }, { 't', ".", "", 0 }, { 'k', ",", "", 0 }, { 'c', " ", ",", 2 },
		{ 'o', "", ".", 1 } };
	char digits[48];

	for (size_t i = 0; i < LENGTH(ways); i++) {
		if (ways[i].how != how)
			continue;
		if (exponent > 0 && ways[i].decimals == 2)
			part = draw(3) ? 0 : draw(100);
		group(whole, ways[i].between, digits);
		snprintf(out, 64, "%s%s%.*s", digits, ways[i].sign, ways[i].decimals,
			(char[]){ (char)('0' + part / 10), (char)('0' + part % 10), '\0' });
	}
	snprintf(plain, MONEY_PLAIN_MAX, "%lu", whole);
	if (part % 10 != 0)
		sprintf(plain + strlen(plain), ".%02lu", part);
	else if (part != 0)
		sprintf(plain + strlen(plain), ".%lu", part / 10);
}

static void
put_sum(struct message *m, const struct example *e, bool paid)
{
	char written[64], plain[MONEY_PLAIN_MAX];

	make_amount(e->amount[0], money_exponent(e->currency), written, plain);
	put(m, written);
	if (paid)
		strcpy(m->amount, plain);
}

static void
put_code(struct message *m, const char *shape, char kept[80])
{
	make_code(shape, kept);
	put(m, kept);
}

/* Which of two numbers is the day: 'd' the first, 'm' the second, '?' nobody knows. */
static char
order_of(const struct example *e)
{
	if (strcmp(e->provider, "Sahal") == 0)
		return 'm';
	return strcmp(e->provider, "EVC Plus") == 0 ||
			(strcmp(e->provider, "MTN MoMo") == 0 && strstr(e->format, ", fr") == NULL)
		? '?'
		: 'd';
}

/* A day, in one of the ways that messages write it. */
static void
put_date(struct message *m, const struct example *e)
{
	static const char *const month_names[] = { "January", "fév", "Mars", "Abr", "MAI", "jun",
		"Julho", "août", "Septemba", "Okt", "NOV", "dezembro" };
	static const char *const signs[] = { "/", "-", "." };
	unsigned year = 2000 + (unsigned)draw(100), month = 1 + (unsigned)draw(12),
		 day = 1 + (unsigned)draw(28);
	char order = order_of(e), text[40];
	const char *sign = ANY(signs);
	unsigned first = order == 'm' ? month : day, second = order == 'm' ? day : month;
	bool clear = order != '?' || day > 12 || day == month;

	snprintf(m->date, sizeof(m->date), "%04u-%02u-%02u", year % 10000, month, day);
	switch (draw(5)) {
	case 0:
		snprintf(text, sizeof(text), "%04u%s%02u%s%02u", year, sign, month, sign, day);
		break;
	case 1:
		snprintf(text, sizeof(text), "%02u-%s-%u", day, month_names[month - 1], year);
		break;
	case 2:
		snprintf(text, sizeof(text), "%u %s %u", day, month_names[month - 1], year);
		break;
	case 3:
		snprintf(text, sizeof(text), "%u%s%u%s%u", first, sign, second, sign, year);
		m->date[clear ? sizeof(m->date) - 1 : 0] = '\0';
		break;
	default:
		if (order == '?') /* 15/10/24 is in 2024, or in 2015 */
			year = 2050 + year % 50;
		snprintf(m->date, sizeof(m->date), "%04u-%02u-%02u", year % 10000, month, day);
		snprintf(text, sizeof(text), "%02u%s%02u%s%02u", first, sign, second, sign,
			year % 100);
		m->date[clear ? sizeof(m->date) - 1 : 0] = '\0';
	}
	put(m, text);
}

static void
put_time(struct message *m)
{
	unsigned hour = (unsigned)draw(24), minute = (unsigned)draw(60);
	static const char *const halves[] = { " AM", "am", " a.m.", " PM", "pm", " p.m." };
	unsigned twelve = hour % 12 == 0 ? 12 : hour % 12;
	char text[40];

	snprintf(m->time, sizeof(m->time), "%02u:%02u", hour % 100, minute % 100);
	switch (draw(4)) {
	case 0:
		snprintf(text, sizeof(text), "%02u:%02u:%02u", hour, minute, (unsigned)draw(60));
		break;
	case 1:
		snprintf(text, sizeof(text), "%u:%02u", hour, minute);
		break;
	case 2:
		snprintf(text, sizeof(text), "%02uh%02u", hour, minute);
		break;
	default:
		snprintf(text, sizeof(text), "%u:%02u%s", twelve, minute,
			halves[draw(3) + (hour >= 12 ? 3 : 0)]);
	}
	put(m, text);
}

static void
put_value(struct message *m, const struct example *e, char what)
{
	switch (what) {
	case 'm':
	case 'b':
		put_sum(m, e, what == 'm');
		break;
	case 'i':
		put_code(m, e->id, m->id);
		break;
	case 'p':
		put_code(m, e->phone, m->phone);
		break;
	case 'x':
		put_code(m, "E@##F@###", m->reverses);
		break;
	case 'o':
		put_code(m, "4########", m->reverses);
		break;
	case 'd':
		put_date(m, e);
		break;
	case 't':
		put_time(m);
		break;
	case 'r':
		strcpy(m->reference, ANY(references));
		put(m, m->reference);
		break;
	default:
		put(m, ANY(names));
	}
}

/* One character of the example itself, in another way perhaps. */
static void
put_plain(struct message *m, char c, unsigned how)
{
	static const char *const blanks[] = { " ", "  ", "\n", "\r\n", " \n", "\u00a0", "\u202f" };
	char one[2] = { c, '\0' };

	if (isspace((unsigned char)c) && (how & 1) != 0) {
		put(m, blanks[draw(LENGTH(blanks))]);
		return;
	}
	if (c == '#')
		one[0] = (char)('0' + draw(10));
	else if ((how & 6) == 2)
		one[0] = (char)toupper((unsigned char)c);
	else if ((how & 6) == 4)
		one[0] = (char)tolower((unsigned char)c);
	put(m, one);
}

static void
make_message(const struct example *e, struct message *m)
{
	unsigned how = (unsigned)draw(8);

	memset(m, 0, sizeof(*m));
	put(m, draw(4) ? "" : " \n");
	for (const char *p = e->text; *p != '\0'; p++) {
		if (p[0] == '{' && p[2] == '}') {
			put_value(m, e, p[1]);
			p += 2;
		} else {
			put_plain(m, *p, how);
		}
	}
	put(m, ANY(tails));
}

/* --- Reading them --- */

static struct payment_formats *
load_from(const char *folder)
{
	struct config_errors errors = { 0 };
	struct payment_formats *formats = payment_formats_load(folder, &errors);

	for (size_t i = 0; i < errors.count; i++)
		printf("  %s\n", errors.text[i]);
	REQUIRE(formats != NULL);
	config_errors_free(&errors);
	return formats;
}

static bool
says(const char *what, const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return true;
	printf("  %s is \"%s\", not \"%s\"\n", what, got, want);
	return false;
}

static bool
reads(struct payment_formats *formats, const struct example *e, const struct message *m,
	bool reversal)
{
	struct payment_read read;
	char amount[MONEY_PLAIN_MAX] = "";
	bool right;

	payment_read(formats, m->text, e->country, NULL, &read);
	if (read.amount > 0)
		money_plain(read.amount, read.currency, amount);
	right = read.kind == (reversal ? PAYMENT_REVERSAL : PAYMENT_INCOMING);
	right &= says("provider", read.provider != NULL ? read.provider : "", e->provider);
	right &= says("format", read.format != NULL ? read.format : "", e->format);
	right &= says("amount", amount, m->amount);
	right &= m->amount[0] == '\0' || says("currency", read.currency, e->currency);
	right &= reversal || says("id", read.transaction_id, m->id);
	right &= says("reverses", read.reverses, m->reverses);
	if (!reversal && m->phone[0] != '\0')
		right &= says("payer", read.payer, m->phone);
	right &= says("reference", read.reference, m->reference);
	right &= says("date", read.date, m->date);
	right &= says("time", read.time, m->time);
	return right;
}

/* The kind of the format that an example is of; it must be there. */
static enum payment_kind
kind_of(const struct payment_formats *formats, const struct example *e)
{
	const char *provider, *format;
	enum payment_kind kind;

	for (size_t i = 0; payment_formats_list(formats, i, &provider, &format, &kind, NULL); i++)
		if (strcmp(provider, e->provider) == 0 && strcmp(format, e->format) == 0)
			return kind;
	printf("  there is no format %s: %s\n", e->provider, e->format);
	unit_failures++;
	return PAYMENT_NONE;
}

TEST(payment_formats_hold_for_the_shape)
{
	struct payment_formats *formats = load_from("conf/payments");

	for (size_t i = 0; i < LENGTH(examples); i++) {
		bool reversal = kind_of(formats, &examples[i]) == PAYMENT_REVERSAL;
		int wrong = 0;

		for (int round = 0; round < ROUNDS && wrong < 2; round++) {
			struct message m;

			make_message(&examples[i], &m);
			if (!reads(formats, &examples[i], &m, reversal)) {
				printf("  %s, %s: <%s>\n", examples[i].provider, examples[i].format,
					m.text);
				wrong++;
				unit_failures++;
			}
		}
	}
	payment_formats_free(formats);
}

TEST(payment_formats_each_have_an_example_here)
{
	struct payment_formats *formats = load_from("conf/payments");
	const char *provider, *format;
	enum payment_kind kind;

	for (size_t i = 0; payment_formats_list(formats, i, &provider, &format, &kind, NULL); i++) {
		bool found = kind == PAYMENT_OTHER;

		for (size_t e = 0; e < LENGTH(examples); e++)
			found |= strcmp(examples[e].provider, provider) == 0 &&
				strcmp(examples[e].format, format) == 0;
		if (!found) {
			printf("  %s: %s has no example\n", provider, format);
			unit_failures++;
		}
	}
	payment_formats_free(formats);
}

/* --- What must not be read as money in --- */

static const char *const said_before[] = { "Failed. ", "Fwd: ", "Transaction failed. ",
	"Echec: ", "Your request is pending: ", "Is this true: ", "Falhou. ",
	"Loan offer: ", "OTP 4471. " };
static const char *const said_instead[][2] = { { "You have received", "You have sent" },
	{ "You have received", "You have been asked for" },
	{ "You have received", "You will receive" },
	{ "You have received", "You have received airtime of" },
	{ "You have received", "You have requested" }, { "You received", "You transferred" },
	{ "avez recu", "avez envoye" }, { "avez reçu", "avez retiré" },
	{ "Recebeste", "Transferiste" }, { "Umepokea", "Umetuma" }, { "RECEIVED", "SENT" },
	{ "RECU", "ENVOYE" }, { "received from", "sent to" }, { "received for", "made for" },
	{ "ka heshay", "u dirtay" }, { "Ar recu de", "Ar envoye a" },
	{ "Cash deposit of", "Cash withdrawal of" }, { "Cash In", "Cash Out" },
	{ "Cash-In", "Cash-Out" }, { "{m}", "-5" }, { "{m}", "1,2,3" }, { "{m}", "0" },
	{ "{m}", "12.345.6" }, { "{m}", "" } };

static void
check_not_incoming(struct payment_formats *formats, const struct example *e, const char *text)
{
	struct example changed = *e;
	struct message m;
	struct payment_read read;

	changed.text = text;
	make_message(&changed, &m);
	payment_read(formats, m.text, e->country, NULL, &read);
	if (read.kind == PAYMENT_INCOMING) {
		printf("  as money in (%s, %s): <%s>\n", read.provider, read.format, m.text);
		unit_failures++;
	}
}

TEST(payment_formats_do_not_read_what_is_no_payment)
{
	struct payment_formats *formats = load_from("conf/payments");
	char text[MESSAGE_MAX];

	for (size_t i = 0; i < LENGTH(examples); i++) {
		const struct example *e = &examples[i];

		for (size_t k = 0; k < LENGTH(said_before); k++) {
			snprintf(text, sizeof(text), "%s%s", said_before[k], e->text);
			check_not_incoming(formats, e, text);
		}
		for (size_t k = 0; k < LENGTH(said_instead); k++) {
			const char *at = strstr(e->text, said_instead[k][0]);

			if (at == NULL)
				continue;
			snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - e->text), e->text,
				said_instead[k][1], at + strlen(said_instead[k][0]));
			check_not_incoming(formats, e, text);
		}
	}
	payment_formats_free(formats);
}

struct no_payment {
	const char *country, *text;
	enum payment_kind kind;
};

TEST(payment_formats_know_what_is_no_payment)
{
	static const struct no_payment list[] = {
		{ "KE", "TJK6H7T3GA Confirmed. Ksh70.00 paid to Awa 1. on 20/10/24 at 4:21 PM.",
			PAYMENT_OTHER },
		{ "KE", "TJK6H7T3GA Confirmed. You have received Ksh500.00 from M-Shwari loan on 1/1/26",
			PAYMENT_OTHER },
		{ "KE", "TJK6H7T3GA Confirmed. You have received Ksh50.00 of airtime from AWA 0722000001",
			PAYMENT_OTHER },
		{ "KE", "Your M-PESA one-time password is 447112. Never share it.", PAYMENT_NONE },
		{ "KE", "Get a loan of up to KES 50,000 today! Dial *234#", PAYMENT_UNREAD },
		{ "TZ",
			"Dear Customer, New balance is TSh 414. You have received TSh 414 from MIXX BY YAS as "
			"your Mixx interest. TxnId: 26406217412050.",
			PAYMENT_OTHER },
		{ "GH",
			"Dear customer, you have received GHS0.16 from Telecel Cash as interest earned on your "
			"wallet.",
			PAYMENT_OTHER },
		{ "UG", "You have received UGX 500 of airtime from AWA.", PAYMENT_OTHER },
		{ "RW",
			"You have received 500 RWF from MOKASH (250788000001) on your mobile money account as a "
			"loan. Financial Transaction Id: 76662040522.",
			PAYMENT_OTHER },
		{ "CI", "Orange Money: Credit de 500 FCFA recu de bonus.", PAYMENT_UNREAD },
		{ "BJ", "MOOV MONEY: Vous avez recu 500 FCFA de credit bonus", PAYMENT_UNREAD },
		{ "MG", "500 Ar recu de bonus", PAYMENT_UNREAD },
		{ "RW", "You have received 500 RWF from AWA", PAYMENT_UNREAD },
		{ "CI", "Vous avez recu 500 FCFA de bonus. Solde: 500 FCFA.", PAYMENT_OTHER },
		{ "UG",
			"You have received UGX 1,2,3 from AWA, 256700000001 on 2026-08-30 16:45:11. fee:0. "
			"Reason: . New balance: UGX 359506. ID: 12995242404.",
			PAYMENT_UNREAD },
		{ "UG", "Hello neighbour, the meeting is at 5", PAYMENT_NONE },
		{ "KE", "", PAYMENT_NONE },
		/* another country's money, and another country's words */
		{ "KE", "Vous avez recu 800F De Awa (57530014) Nouveau solde: 1.600F T26Y2JQ2D6DVU2YQQ",
			PAYMENT_UNREAD },
		{ "XX", "TJ12345678 Confirmed. You have received Ksh50.00 from AWA 0722000001 on 1/1/26",
			PAYMENT_UNREAD },
	};
	struct payment_formats *formats = load_from("conf/payments");

	for (size_t i = 0; i < LENGTH(list); i++) {
		struct payment_read read;

		payment_read(formats, list[i].text, list[i].country, NULL, &read);
		if (read.kind != list[i].kind) {
			printf("  kind %d, not %d: %s\n", read.kind, list[i].kind, list[i].text);
			unit_failures++;
		}
	}
	payment_formats_free(formats);
}

TEST(payment_formats_leave_what_is_not_said_empty)
{
	static const char *const holes[] = { "$REFERENCE_NO", "-", ".", "", "N/A", "null", "${ref}",
		"--" };
	static const char *const no_ids[][2] = {
		{ "UG", "You have received UGX 34,000 from 256700000001, Awa. Your Balance is UGX 45,299." },
		{ "UG",
			"You have received UGX 34,000 from 256700000001, Awa. Your Balance is UGX 45,299. "
			"Trans ID: ..." },
		{ "UG",
			"You have received UGX 500 from Awa, 256700000001 on 2026-08-30 16:45:11. Reason: "
			"Eggs. New balance: UGX 35922. ID: $TRANSACTION_ID." },
		{ "GH", "Cash In received for GHS 100.00 from AWA. Current Balance: GHS 538.01." },
		{ "BJ",
			"MTN MOBILE MONEY: Vous avez reçu 25 000 FCFA de AWA le 15/03/2026. Frais: 0 FCFA. "
			"Nouveau solde: 187 500 FCFA. Ref: ${REFERENCE}" },
	};
	struct payment_formats *formats = load_from("conf/payments");

	for (size_t i = 0; i < LENGTH(holes); i++) {
		char text[512];
		struct payment_read read;

		snprintf(text, sizeof(text),
			"You have received 2000 RWF from Awa (*********013) on your mobile money account at "
			"2024-05-10 16:30:51. Message from sender: %s. Your new balance:2000 RWF. Financial "
			"Transaction Id: 123.",
			holes[i]);
		payment_read(formats, text, "RW", NULL, &read);
		CHECK_INT(read.kind, PAYMENT_INCOMING);
		CHECK_STR(read.reference, "");
		CHECK_STR(read.payer, "");
		CHECK_STR(read.transaction_id, ""); /* three digits name no transaction */
	}
	for (size_t i = 0; i < LENGTH(no_ids); i++) {
		struct payment_read read;

		payment_read(formats, no_ids[i][1], no_ids[i][0], NULL, &read);
		CHECK_INT(read.kind, PAYMENT_INCOMING);
		CHECK_STR(read.transaction_id, "");
		CHECK(read.amount > 0);
	}
	payment_formats_free(formats);
}

/* What a payer wrote may look like the message's end: its transaction is not the operator's. */
TEST(payment_transactions_are_not_those_of_payers_words)
{
	static const struct {
		const char *country, *text;
	} texts[] = {
		{ "RW",
			"You have received 100 RWF from Kofi Amina (*********721) on your mobile money "
			"account at 2024-10-18 23:00:18. Message from sender: B-1. Your new balance:1 "
			"RWF. Financial Transaction Id: 99999999999. Your new balance:26250 RWF. "
			"Financial Transaction Id: 29637321957." },
		{ "UG",
			"You have received UGX 3400 from PAULO IBRAHIM, 256760056526 on 2026-08-30 "
			"16:45:11. fee:0. Reason: B-1. New balance: UGX 1. ID: 99999999999. New "
			"balance: UGX 35922. ID: 43140090390." },
		{ "GH",
			"Payment received for GHS 77.00 from IBRAHIM YAO Current Balance: GHS 538.01 . "
			"Available Balance: GHS 538.01. Reference: rent. Transaction ID: 99999999999. "
			"Transaction ID: 12345678901. TRANSACTION FEE: 0.00" },
	};
	struct payment_formats *formats = load_from("conf/payments");
	struct payment_read read;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		payment_read(formats, texts[i].text, texts[i].country, NULL, &read);
		CHECK(read.kind == PAYMENT_INCOMING && read.amount > 0);
		CHECK_STR(read.transaction_id, "");
	}
	payment_formats_free(formats);
}

/* Sums of what is booked fit in 64 bits, whatever an operator's message says. */
TEST(payment_amounts_beyond_all_money_are_read_by_a_person)
{
	struct payment_formats *formats = load_from("conf/payments");
	struct payment_read read;

	payment_read(formats,
		"You have received 9000000000000000000 RWF from Kofi Amina (250788000001) on your mobile "
		"money account at 2024-10-18 23:00:18. Message from sender: B-1. Your new balance:1 RWF. "
		"Financial Transaction Id: 29637321957.",
		"RW", NULL, &read);
	CHECK_INT(read.kind, PAYMENT_UNREAD);
	payment_formats_free(formats);
}

TEST(payment_senders_are_known_in_any_spelling)
{
	struct payment_formats *formats = load_from("conf/payments");
	struct payment_read read;
	static const char text[] =
		"DT85TH896 Confirmed. You have received Ksh50.00 from AWA 254700000001 on 1/1/26 at 1:00 PM";

	CHECK(payment_sender_known(formats, "M-Pesa"));
	CHECK(payment_sender_known(formats, "mpesa"));
	CHECK(payment_sender_known(formats, "Mobile Money"));
	CHECK(!payment_sender_known(formats, "+254700000001"));
	CHECK(!payment_sender_known(formats, "pesa"));
	CHECK(!payment_sender_known(formats, ""));
	CHECK(!payment_sender_known(formats, NULL));
	payment_read(formats, text, "KE", "MPESA", &read);
	CHECK(read.kind == PAYMENT_INCOMING && read.sender_known);
	payment_read(formats, text, "KE", "+254700000001", &read);
	CHECK(read.kind == PAYMENT_INCOMING && !read.sender_known);
	payment_formats_free(formats);
}

TEST(payment_texts_of_any_length_are_read_in_a_moment)
{
	static const char *const pieces[] = { "a", "1", " ", "You have received ",
		"UGX 1,000 from ", "1 000 ", "x(", ". ", "PP1.1", "\xff" };
	struct payment_formats *formats = load_from("conf/payments");
	static char text[200000];
	struct payment_read read;

	for (size_t i = 0; i < LENGTH(pieces); i++) {
		size_t length = strlen(pieces[i]), at;

		for (at = 0; at + length < sizeof(text); at += length)
			memcpy(text + at, pieces[i], length);
		text[at] = '\0';
		payment_read(formats, text, "UG", NULL, &read);
		CHECK(read.kind != PAYMENT_INCOMING);
		memcpy(text, "You have received UGX 500 from ", 31);
		payment_read(formats, text, "UG", NULL, &read);
		CHECK(read.kind != PAYMENT_INCOMING);
	}
	payment_formats_free(formats);
}

/* --- Files that are wrong --- */

static char folder[64];

/* The first error of a folder with that file in it, "" when there is none; static. */
static const char *
fault_of(const char *contents)
{
	static char fault[600];
	struct config_errors errors = { 0 };
	char path[100];
	struct payment_formats *formats;
	FILE *file;

	snprintf(path, sizeof(path), "%s/x.cfg", folder);
	file = fopen(path, "w");
	REQUIRE(file != NULL);
	fputs(contents, file);
	fclose(file);
	formats = payment_formats_load(folder, &errors);
	snprintf(fault, sizeof(fault), "%s", errors.count > 0 ? errors.text[0] : "");
	CHECK((formats == NULL) == (errors.count > 0));
	payment_formats_free(formats);
	config_errors_free(&errors);
	unlink(path);
	return fault;
}

static void
check_fault(int line, const char *contents, const char *want)
{
	const char *fault = fault_of(contents);

	if (strstr(fault, want) == NULL || (want[0] == '\0' && fault[0] != '\0')) {
		printf("  line %d: \"%s\" does not say \"%s\"\n", line, fault, want);
		unit_failures++;
	}
}
#define FAULT(contents_, want_) check_fault(__LINE__, contents_, want_)
#define HEAD "provider = \"P\"; senders = [\"P\"]; countries = [\"KE\"];\n"
#define ONE(format_) HEAD "formats = ( { name = \"f\"; seen = true; " format_ " } );"

TEST(payment_files_that_are_wrong_say_where_and_what_to_do)
{
	strcpy(folder, "/tmp/payments-XXXXXX");
	REQUIRE(mkdtemp(folder) != NULL);
	FAULT(ONE("match = \"paid {money}\";"), "");
	FAULT(ONE("match = \"paid {money\";"), "x.cfg:2: ");
	FAULT(ONE("match = \"paid {mony}\";"), "\"{mony}\" is not known; write {money}");
	FAULT(ONE("match = \"paid\";"), "no amount; write {money}");
	FAULT(ONE("match = \"paid ({money}\";"), "the pattern is wrong behind");
	FAULT(ONE("match = \"{money} (?<sum>x)\";"), "the group \"sum\" is not known; use amount");
	FAULT(ONE("kind = \"in\"; match = \"{money}\";"), "kind is \"incoming\", \"reversal\"");
	FAULT(ONE("kind = \"other\"; match = \"(?<reverses>x)\";"), "write kind = \"reversal\"");
	FAULT(ONE("match = \"{money}\"; countries = [\"Kenya\"];"), "\"Kenya\" is no country");
	FAULT(ONE("match = \"{money}\"; decimal = \"x\";"), "decimal is the sign");
	FAULT(ONE("match = \"{money}\"; currency = \"KSH\";"), "\"KSH\" is no currency");
	FAULT(ONE("match = \"{money}\"; day_first = 1;"), "day_first is true where 1/2/26");
	FAULT(ONE("match = \"{money} {when}\"; day_first = false;"), "");
	FAULT(ONE("match = \"{money}\"; matches = \"\";"),
		"\"matches\" is not known here; use name");
	FAULT(HEAD "formats = ( { name = \"f\"; match = \"{money}\"; } );", "write seen = true");
	FAULT(HEAD "formats = ( { match = \"{money}\"; } );", "a format is { name");
	FAULT(HEAD, "formats is missing");
	FAULT("senders = [\"P\"]; formats = ();", "the provider's name is missing");
	FAULT("provider = \"P\"; formats = ();", "senders is missing");
	FAULT("provider = ;", "x.cfg:1");
	FAULT(ONE("match = \"b{1,3} [ {] \\\\{money\\\\} {money}\";"), "");
	rmdir(folder);
}

TEST(payment_folder_that_is_not_there_or_empty_is_an_error)
{
	struct config_errors errors = { 0 };

	strcpy(folder, "/tmp/payments-XXXXXX");
	REQUIRE(mkdtemp(folder) != NULL);
	CHECK(payment_formats_load(folder, &errors) == NULL);
	rmdir(folder);
	CHECK(payment_formats_load(folder, &errors) == NULL);
	REQUIRE(errors.count == 2);
	CHECK(strstr(errors.text[0], "there is no .cfg file in it") != NULL);
	CHECK(strstr(errors.text[1], "No such file") != NULL);
	config_errors_free(&errors);
}

/* --- Real messages, where the checkout has them beside it --- */

#define SAMPLE "../shared/data/mobile_money_sms.jsonl"

/* Labels that are wrong. */
static const struct {
	const char *id, *amount, *why;
} corrected[] = {
	{ "m0014", "50", "\"Ksh50.00 received\"; 54.00 is the balance after it" },
	{ "m0393", "2000", "\"Tsh2,000.00 received\"; 10,000.00 is the balance after it" },
	/* m0257 is read as labelled, though its two balances say that it went into own savings. */
};

static const char *
right_amount(const char *id, const char *labelled)
{
	for (size_t i = 0; i < LENGTH(corrected); i++)
		if (strcmp(corrected[i].id, id) == 0)
			return corrected[i].amount;
	return labelled;
}

static bool
labelled(const char *what, const char *got, const char *want)
{
	return want == NULL || says(what, got, want);
}

/* Is the message read as it is labelled? */
static bool
is_right(struct payment_formats *formats, const char *line, const struct json_wanted *row)
{
	struct json_wanted expected[] = { { .name = "amount" }, { .name = "currency" },
		{ .name = "transaction_id" }, { .name = "payer" }, { .name = "reference" }, { 0 } };
	const char *label = strstr(line, "\"expected\": {");
	bool incoming = strstr(line, "\"incoming\": true") != NULL, right;
	char amount[MONEY_PLAIN_MAX] = "";
	struct payment_read read;

	payment_read(formats, row[1].value, row[2].value, NULL, &read);
	if (!incoming)
		return read.kind == PAYMENT_OTHER || read.kind == PAYMENT_REVERSAL;
	REQUIRE(label != NULL);
	label += strlen("\"expected\": ");
	REQUIRE(json_read(label, strcspn(label, "}") + 1, expected) == NULL);
	money_plain(read.amount, read.currency, amount);
	right = read.kind == PAYMENT_INCOMING &&
		says("amount", amount, right_amount(row[0].value, expected[0].value)) &&
		labelled("currency", read.currency, expected[1].value) &&
		labelled("id", read.transaction_id, expected[2].value) &&
		labelled("payer", read.payer, expected[3].value) &&
		labelled("reference", read.reference, expected[4].value);
	json_wanted_free(expected);
	return right;
}

TEST(payment_real_messages_are_read_as_labelled)
{
	FILE *in = fopen(SAMPLE, "r");
	struct payment_formats *formats;
	char *line = NULL;
	size_t size = 0, count = 0;

	if (in == NULL)
		SKIP(SAMPLE " is not here");
	formats = load_from("conf/payments");
	for (; getline(&line, &size, in) != -1; count++) {
		struct json_wanted row[] = { { .name = "id" }, { .name = "text" },
			{ .name = "country" }, { 0 } };

		REQUIRE(json_read(line, strlen(line), row) == NULL);
		if (!is_right(formats, line, row)) {
			printf("  %s is not read as labelled\n", row[0].value);
			unit_failures++;
		}
		json_wanted_free(row);
	}
	CHECK(count > 0);
	free(line);
	fclose(in);
	payment_formats_free(formats);
}

/* --- Real messages, as other hands and other phones lay them out --- */

static const struct layout {
	const char *between; /* words that a blank stands between; "" any */
	const char *blank;   /* what stands there instead; "?" one of several */
} layouts[] = { { "", "  " }, { "", "\r\n" }, { "", "\n" }, { "", "\u00a0" }, { "", "?" },
	{ ".", "" }, { ":", "" }, { ",", "" }, { ".,:", "" }, { ".", "\n\n" } };

/* The text with its blanks in that way; a stop's blank goes only before a letter. */
static void
lay_out(const char *text, const struct layout *layout, struct message *m)
{
	static const char *const blanks[] = { " ", "  ", "\n", "\r\n", "\t", "\u202f" };

	memset(m, 0, sizeof(*m));
	for (const char *p = text; *p != '\0'; p++) {
		bool wanted = isspace((unsigned char)*p) && p > text &&
			(layout->between[0] == '\0' ||
				(strchr(layout->between, p[-1]) != NULL &&
					isalpha((unsigned char)p[1])));

		if (wanted)
			put(m, layout->blank[0] == '?' ? ANY(blanks) : layout->blank);
		else
			put(m, (char[]){ *p, '\0' });
	}
}

static bool
same_but_blanks(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		if (*a != *b || *a == '\0')
			return *a == *b;
	}
}

static bool
is_same(const struct payment_read *a, const struct payment_read *b)
{
	return a->kind == b->kind && a->amount == b->amount &&
		strcmp(a->currency, b->currency) == 0 &&
		strcmp(a->transaction_id, b->transaction_id) == 0 &&
		strcmp(a->payer, b->payer) == 0 && strcmp(a->date, b->date) == 0 &&
		strcmp(a->time, b->time) == 0 && strcmp(a->reverses, b->reverses) == 0 &&
		same_but_blanks(a->reference, b->reference);
}

static void
check_layouts(struct payment_formats *formats, const struct json_wanted *row)
{
	struct payment_read plain, read;

	payment_read(formats, row[1].value, row[2].value, NULL, &plain);
	for (size_t i = 0; i < LENGTH(layouts) * LENGTH(tails); i++) {
		struct message m;

		lay_out(row[1].value, &layouts[i % LENGTH(layouts)], &m);
		if (m.length > 0 && strchr(".!?)#", m.text[m.length - 1]) != NULL)
			put(&m, tails[i / LENGTH(layouts)]);
		payment_read(formats, m.text, row[2].value, NULL, &read);
		if (!is_same(&plain, &read)) {
			printf("  %s is not the same as <%s>\n", row[0].value, m.text);
			unit_failures++;
		}
	}
}

TEST(payment_real_messages_are_the_same_in_any_layout)
{
	FILE *in = fopen(SAMPLE, "r");
	struct payment_formats *formats;
	char *line = NULL;
	size_t size = 0;

	if (in == NULL)
		SKIP(SAMPLE " is not here");
	formats = load_from("conf/payments");
	while (getline(&line, &size, in) != -1) {
		struct json_wanted row[] = { { .name = "id" }, { .name = "text" },
			{ .name = "country" }, { 0 } };

		REQUIRE(json_read(line, strlen(line), row) == NULL);
		check_layouts(formats, row);
		json_wanted_free(row);
	}
	free(line);
	fclose(in);
	payment_formats_free(formats);
}

UNIT_MAIN
