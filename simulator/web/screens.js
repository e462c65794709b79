// SPDX-License-Identifier: GPL-3.0-or-later
// screens.js - the kinds of screen: a list, a text, an editor, a question with a line for its answer, a notice.  A screen has a title, the
// words of the two soft keys, draw(view), and key(name), which returns true when it took the key.

function element(name, text, className) {
	const e = document.createElement(name);
	if (text !== undefined)
		e.textContent = text;
	if (className)
		e.className = className;
	return e;
}

export function time(when) {
	return when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

export function clock(seconds) {
	const when = new Date(seconds * 1000);
	const today = new Date().toDateString() === when.toDateString();
	return today ? time(when) : when.toLocaleDateString() + " " + time(when);
}

// items(): [{ label, detail, pick() }]
export class List {
	constructor(title, items, { left = "Select", right = "Back", empty = "(empty)" } = {}) {
		Object.assign(this, { title, items, left, right, empty, at: 0 });
	}

	draw(view) {
		const items = this.items();
		this.at = Math.min(this.at, Math.max(items.length - 1, 0));
		if (items.length === 0) {
			view.classList.add("center");
			view.append(element("div", this.empty));
			return;
		}
		const list = element("ul");
		list.setAttribute("role", "listbox");
		list.setAttribute("aria-label", this.title);
		items.forEach((item, i) => {
			const row = element("li");
			row.setAttribute("role", "option");
			row.setAttribute("aria-selected", String(i === this.at));
			const label = element("b", item.label);
			label.dir = "auto";
			row.append(label);
			if (item.detail !== undefined) {
				const detail = element("span", item.detail);
				detail.dir = "auto";
				row.append(detail);
			}
			row.addEventListener("click", () => {
				this.at = i;
				item.pick();
			});
			list.append(row);
		});
		view.append(list);
		list.children[this.at].scrollIntoView({ block: "nearest" });
	}

	key(name) {
		const items = this.items();
		if (name === "up" || name === "down") {
			const n = Math.max(items.length, 1);
			this.at = (this.at + (name === "up" ? n - 1 : 1)) % n;
			return "draw";
		}
		if ((name === "left" || name === "ok") && items.length > 0) {
			items[this.at].pick();
			return true;
		}
		return false;
	}

	says() {
		const item = this.items()[this.at];
		return item ? item.label : this.empty;
	}
}

// A text to read, with a line about it; options() is called by the left soft key.
export class Reader {
	constructor(title, { meta, text, left = "", options, right = "Back" }) {
		Object.assign(this, { title, meta, text, left, options, right });
	}

	draw(view) {
		this.view = view;
		if (this.meta)
			view.append(element("div", this.meta, "meta"));
		const body = element("div", this.text);
		body.dir = "auto";
		view.append(body);
	}

	key(name) {
		if (name === "up" || name === "down") {
			this.view.scrollBy(0, (name === "up" ? -1 : 1) * 60);
			return true;
		}
		if ((name === "left" || name === "ok") && this.options) {
			this.options();
			return true;
		}
		return false;
	}

	says() {
		return (this.meta ? this.meta + ". " : "") + this.text;
	}
}

// A word in the middle of the screen.
export class Notice {
	constructor(text, { title = "", left = "", right = "Back", pick, leave, small } = {}) {
		Object.assign(this, { text, title, left, right, pick, leave, small });
	}

	draw(view) {
		view.classList.add("center");
		view.append(element("div", this.text, "big"));
		if (this.small)
			view.append(element("div", this.small));
	}

	key(name) {
		if ((name === "left" || name === "ok") && this.pick) {
			this.pick();
			return true;
		}
		if ((name === "right" || name === "end") && this.leave) {
			this.leave();
			return name === "right";
		}
		return false;
	}

	says() {
		return this.text;
	}
}

// Writes into a real textarea, so that a keyboard, an input method and a paste work too.
export class Editor {
	constructor(title, { text = "", left = "OK", digits = false, counts = null, done, makeTap }) {
		Object.assign(this, { baseTitle: title, text, left, digits, counts, done, makeTap });
	}

	get title() {
		const mode = this.tap && !this.digits ? this.tap.mode + " " : "";
		const counter = this.counts ? this.counts(this.area?.value ?? this.text) : null;
		return this.baseTitle + (counter ? " " + mode + counter.left + "/" + counter.parts : "");
	}

	get right() {
		return (this.area?.value ?? this.text) === "" ? "Back" : "Clear";
	}

	draw(view, retitle) {
		this.area = element("textarea");
		this.area.value = this.text;
		this.area.dir = "auto";
		this.area.setAttribute("aria-label", this.baseTitle);
		this.area.spellcheck = false;
		this.area.autocapitalize = "off";
		if (this.digits)
			this.area.inputMode = "tel";
		this.area.addEventListener("input", () => {
			this.text = this.area.value;
			retitle();
		});
		this.tap = this.makeTap(this.area, this.digits);
		view.append(this.area);
		this.area.focus({ preventScroll: true });
		this.area.setSelectionRange(this.text.length, this.text.length);
	}

	key(name, isLong) {
		if (/^[0-9*#]$/.test(name)) {
			this.tap.press(name, isLong);
			return "title";
		}
		if (name === "right" && this.area.value !== "") {
			this.tap.erase();
			return true;
		}
		if (name === "left" || name === "ok" || name === "call") {
			if (this.area.value !== "")
				this.done(this.area.value, name);
			return true;
		}
		if (name === "up" || name === "down") {
			const step = name === "up" ? -1 : 1;
			const at = Math.max(0, this.area.selectionStart + step);
			this.area.setSelectionRange(at, at);
			return true;
		}
		return false;
	}

	says() {
		return this.baseTitle;
	}
}

// A USSD screen that may be answered: what it says, and below it the line that is being keyed.
export class Question extends Editor {
	constructor(title, { says, ...rest }) {
		super(title, { left: "Send", ...rest });
		this.question = says;
		this.session = true; // whoever leaves it, ends the session
	}

	get title() {
		const mode = this.tap?.mode ?? "123";
		return mode === "123" ? "" : this.baseTitle + " " + mode; // a menu of eight needs the line
	}

	get right() {
		return (this.area?.value ?? this.text) === "" ? "Cancel" : "Clear";
	}

	draw(view, retitle) {
		const mode = this.tap?.mode ?? "123";
		const asked = element("div", this.question, "asked");
		asked.dir = "auto";
		view.classList.add("question");
		view.append(asked);
		super.draw(view, retitle);
		this.asked = asked;
		this.area.rows = 1;
		this.area.setAttribute("aria-label", "Answer");
		this.tap.mode = mode; // digits first; # changes to letters
	}

	key(name, isLong) {
		if (name === "up" || name === "down") {
			this.asked.scrollBy(0, (name === "up" ? -1 : 1) * 40);
			return true;
		}
		return super.key(name, isLong);
	}

	says() {
		return this.question;
	}
}
