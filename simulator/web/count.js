// SPDX-License-Identifier: GPL-3.0-or-later
// count.js - how many SMS a text takes: the counter that a phone shows while one writes.

const basic = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
	"ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const extended = new Set("\f^{}\\[~]|€");

// Returns the characters that are left in the last SMS, and the SMS.
export function count(text) {
	let units = 0;
	let gsm = true;
	for (const c of text) {
		gsm &&= basic.has(c) || extended.has(c);
		units += extended.has(c) ? 2 : 1;
	}
	if (!gsm)
		units = text.length;
	const [one, each] = gsm ? [160, 153] : [70, 67];
	const parts = units <= one ? 1 : Math.ceil(units / each);
	return { left: (parts === 1 ? one : parts * each) - units, parts };
}
