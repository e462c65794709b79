// SPDX-License-Identifier: GPL-3.0-or-later
// keypad.js - twelve keys, and multi-tap: pressing a key again within a second gives its next letter.

const again = 1000; // milliseconds
const long = 600;

const letters = {
	1: ".,?!'\"1-()@/:;_&",
	2: "abc2àáâãäåæç",
	3: "def3èéêë",
	4: "ghi4ìíîï",
	5: "jkl5",
	6: "mno6ñòóôõöø",
	7: "pqrs7ß",
	8: "tuv8ùúûü",
	9: "wxyz9",
	0: " 0\n",
	"*": "*+#=%$€£<>[]{}\\~^|",
};

const faces = {
	1: ".,?", 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno",
	7: "pqrs", 8: "tuv", 9: "wxyz", "*": "+", 0: "␣", "#": "aA1",
};

const names = { "*": "star, symbols", "#": "hash, capitals and digits", 0: "0, space", 1: "1, punctuation" };

const modes = ["Abc", "abc", "ABC", "123"];

// Makes the keys in `place`.  press(key, isLong) is called for each.
export function makeKeypad(place, press) {
	for (const key of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"]) {
		const button = document.createElement("button");
		button.type = "button";
		button.dataset.key = key;
		button.append(key);
		const small = document.createElement("small");
		small.textContent = faces[key];
		button.append(small);
		button.setAttribute("aria-label", names[key] ?? key + ", " + [...faces[key]].join(" "));
		place.append(button);
		listen(button, key, press);
	}
}

// A press held down is a long one, and then no short one.
function listen(button, key, press) {
	let timer = null;
	let wasLong = false;
	button.addEventListener("pointerdown", () => {
		wasLong = false;
		timer = setTimeout(() => {
			wasLong = true;
			press(key, true);
		}, long);
	});
	for (const over of ["pointerup", "pointerleave", "pointercancel"])
		button.addEventListener(over, () => clearTimeout(timer));
	button.addEventListener("click", () => {
		if (!wasLong)
			press(key, false);
		wasLong = false;
	});
}

// Types into a textarea as a feature phone does.
export class MultiTap {
	constructor(area, digitsOnly) {
		this.area = area;
		this.mode = digitsOnly ? "123" : "Abc";
		this.digitsOnly = digitsOnly;
		this.key = null;
		this.at = 0;
		this.when = 0;
	}

	press(key, isLong) {
		if (this.digitsOnly)
			return this.insert(isLong && key === "0" ? "+" : key);
		if (key === "#") {
			this.key = null;
			this.mode = isLong ? "123" : modes[(modes.indexOf(this.mode) + 1) % modes.length];
			return;
		}
		if (isLong || this.mode === "123")
			return this.insert(key);
		const cycles = key === this.key && Date.now() - this.when < again;
		this.at = cycles ? (this.at + 1) % letters[key].length : 0;
		this.capital = cycles ? this.capital : this.mode === "ABC" || (this.mode === "Abc" && this.startsSentence());
		const letter = letters[key][this.at];
		this.insert(this.capital ? letter.toLocaleUpperCase() : letter, cycles);
		this.key = key;
		this.when = Date.now();
	}

	startsSentence() {
		return /(^|[.?!]\s)\s*$/.test(this.area.value.slice(0, this.area.selectionStart));
	}

	// Puts text at the cursor; instead of the last character when a key goes through its letters.
	insert(text, instead = false) {
		const from = this.area.selectionStart - (instead ? 1 : 0);
		this.area.setRangeText(text, Math.max(from, 0), this.area.selectionEnd, "end");
		this.key = null;
		this.area.dispatchEvent(new Event("input"));
	}

	erase() {
		this.key = null;
		const end = this.area.selectionEnd;
		let start = this.area.selectionStart;
		if (start === end) {
			const last = [...this.area.value.slice(0, start)].pop() ?? "";
			start -= last.length;
		}
		this.area.setRangeText("", start, end, "end");
		this.area.dispatchEvent(new Event("input"));
	}
}
