/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payment-examples: a message of each format of conf/payments/, with places for its values. */
#ifndef PAYMENT_EXAMPLES_H
#define PAYMENT_EXAMPLES_H

#include <stddef.h>

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

#endif
