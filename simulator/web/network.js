// SPDX-License-Identifier: GPL-3.0-or-later
// network.js - the phone's link to the simulator.

const slots = 3; // streams that hidden tabs may keep; a browser has six connections to one host

export class Network extends EventTarget {
	constructor(number) {
		super();
		this.number = number;
		this.source = null;
		this.keeps = false;
		document.addEventListener("visibilitychange", () => this.follow());
		this.takeSlot().then((got) => {
			this.keeps = got;
			this.follow();
		});
		this.follow();
	}

	async state() {
		const answer = await fetch("/api/state?" + new URLSearchParams({ number: this.number }));
		if (!answer.ok)
			throw new Error("No network");
		return answer.json();
	}

	// Posts a form; returns what came back, or throws with words for the screen.
	async post(what, fields = {}) {
		let answer, body;
		try {
			answer = await fetch("/api/" + what, {
				method: "POST",
				headers: { "X-Phone": "1" },
				body: new URLSearchParams({ number: this.number, ...fields }),
			});
			body = await answer.json();
		} catch {
			throw new Error("No network");
		}
		if (!answer.ok)
			throw new Error(body.error ?? "Not done");
		return body;
	}

	// A hidden tab lets its stream go unless it has one of a few slots, so that many phones can
	// be open in one browser.  When it comes back it asks for the state anew.
	follow() {
		const wanted = this.keeps || !document.hidden;
		if (wanted && this.source === null)
			this.open();
		else if (!wanted && this.source !== null) {
			this.source.close();
			this.source = null;
		}
	}

	open() {
		this.source = new EventSource("/api/stream?" + new URLSearchParams({ number: this.number }));
		this.source.onopen = () => this.tell("up");
		this.source.onerror = () => this.tell("down");
		this.source.addEventListener("sms", (e) => this.tell("sms", JSON.parse(e.data)));
		this.source.addEventListener("note", (e) => this.tell("note", JSON.parse(e.data)));
	}

	tell(type, detail) {
		this.dispatchEvent(new CustomEvent(type, { detail }));
	}

	async takeSlot() {
		if (!navigator.locks)
			return false;
		for (let i = 0; i < slots; i++) {
			const got = await new Promise((resolve) => {
				navigator.locks.request("stream-" + i, { ifAvailable: true }, (lock) => {
					resolve(lock !== null);
					return lock && new Promise(() => {}); // kept as long as the page lives
				});
			});
			if (got)
				return true;
		}
		return false;
	}
}
