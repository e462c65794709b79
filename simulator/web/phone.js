// SPDX-License-Identifier: GPL-3.0-or-later
// phone.js - the phone itself: which screens it has and what its keys do on them.

import { count } from "./count.js";
import { MultiTap, makeKeypad } from "./keypad.js";
import { Network } from "./network.js";
import { Editor, List, Notice, Question, Reader, clock, time } from "./screens.js";

const $ = (id) => document.getElementById(id);
const makeTap = (area, digits) => new MultiTap(area, digits);

let network = null;
let state = { number: "", on: true, ussd: false, modems: [], messages: [] };
let stack = []; // of screens, the shown one last
let up = false;
let lastTo = null; // whom the next message is for
let calling = null;

// --- what is remembered in this browser -----------------------------------------------------------

function recall(key, otherwise) {
	try {
		return JSON.parse(localStorage.getItem(key)) ?? otherwise;
	} catch {
		return otherwise;
	}
}

function remember(key, value) {
	try {
		localStorage.setItem(key, JSON.stringify(value));
	} catch {
		// A browser that keeps nothing still has a phone.
	}
}

const readKey = () => "read " + state.number;
const received = () => state.messages.filter((m) => !m.sent).reverse();
const sent = () => state.messages.filter((m) => m.sent).reverse();
const isUnread = (m) => !m.sent && !recall(readKey(), []).includes(m.id);

function markRead(message) {
	const kept = new Set(state.messages.map((m) => m.id));
	remember(readKey(), [...new Set([...recall(readKey(), []), message.id])].filter((id) => kept.has(id)));
}

// --- drawing ------------------------------------------------------------------------------------

const top = () => stack[stack.length - 1];

function drawFrame() {
	const screen = top();
	const unread = received().filter(isUnread).length;
	$("title").textContent = screen.title;
	$("soft-left").textContent = screen.left;
	$("soft-right").textContent = screen.right;
	document.querySelector('[data-key="left"]').setAttribute("aria-label", screen.left || "no function");
	document.querySelector('[data-key="right"]').setAttribute("aria-label", screen.right || "no function");
	$("owner").textContent = state.number;
	$("mail").hidden = unread === 0;
	$("signal").className = up && state.on ? "" : "none";
	$("signal").setAttribute("aria-label", up && state.on ? "signal" : "no signal");
	document.title = (unread > 0 ? `(${unread}) ` : "") + (state.number || "Phone");
}

function draw() {
	const view = $("view");
	view.replaceChildren();
	view.className = "view";
	view.scrollTop = 0;
	top().draw(view, drawFrame);
	drawFrame();
	$("notice").textContent = top().says();
	if (!(top() instanceof Editor) && document.activeElement?.tagName !== "BUTTON")
		view.focus({ preventScroll: true });
}

function show(screen) {
	stack.push(screen);
	draw();
}

function replace(screen) {
	stack.pop();
	show(screen);
}

function back() {
	if (stack.length > 1)
		stack.pop();
	draw();
}

function home() {
	stack = [idle];
	draw();
}

// --- the first screen -----------------------------------------------------------------------------

const idle = {
	title: "",
	left: "Menu",
	right: "Inbox",
	draw(view) {
		view.classList.add("center");
		const unread = received().filter(isUnread).length;
		const lines = [
			[up ? (state.on ? "Baraza" : "No coverage") : "No network", "big"],
			[time(new Date()), ""],
			[unread === 0 ? "" : unread === 1 ? "1 new message" : unread + " new messages", ""],
		];
		for (const [text, className] of lines) {
			const line = document.createElement("div");
			line.textContent = text;
			line.className = className;
			view.append(line);
		}
	},
	key(name, isLong) {
		if (name === "left" || name === "ok")
			show(menu());
		else if (name === "right" || name === "down")
			show(inbox());
		else if (name === "up")
			write();
		else if (name === "call")
			show(numberEditor("", dialled));
		else if (/^[0-9*#]$/.test(name))
			show(numberEditor(isLong && name === "0" ? "+" : name, dialled));
		else
			return false;
		return true;
	},
	says: () => (received().some(isUnread) ? "New message" : "Ready"),
};

function menu() {
	return new List("Menu", () => [
		{ label: "Write message", pick: write },
		{ label: `Inbox (${received().length})`, pick: () => show(inbox()) },
		{ label: `Sent (${sent().length})`, pick: () => show(sentBox()) },
		{ label: "Call", pick: () => show(numberList("Call", call)) },
		...(state.ussd ? [{ label: "Dial a code", pick: () => show(numberEditor("*", dialled)) }] : []),
		{ label: state.on ? "Leave coverage" : "Back in coverage", pick: coverage },
		{ label: "Another phone", pick: () => show(chooser()) },
	]);
}

// --- messages -----------------------------------------------------------------------------------

function preview(message) {
	return {
		label: (isUnread(message) ? "✉ " : "") + message.peer,
		detail: message.text.replace(/\s+/g, " ") || "(no text)",
		pick: () => open(message),
	};
}

const inbox = () => new List("Inbox", () => received().map(preview), { left: "Read" });
const sentBox = () => new List("Sent", () => sent().map(preview), { left: "Read" });

function open(message) {
	const canAnswer = /^[+0-9]/.test(message.peer);
	markRead(message);
	show(new Reader(message.sent ? "Sent" : "Message", {
		meta: `${message.sent ? "To" : "From"} ${message.peer}, ${clock(message.when)}`,
		text: message.text,
		left: "Options",
		options: () => show(new List("Options", () => [
			...(canAnswer ? [{ label: message.sent ? "Write again" : "Reply", pick: () => write(message.peer) }] : []),
			...(canAnswer ? [{ label: "Call", pick: () => call(message.peer) }] : []),
			{ label: "Delete", pick: () => remove(message) },
		])),
	}));
}

async function remove(message) {
	try {
		await network.post("delete", { id: message.id });
		state.messages = state.messages.filter((m) => m !== message);
	} catch (problem) {
		show(new Notice(problem.message));
		return;
	}
	stack = stack.slice(0, -2);
	draw();
}

function write(to = null) {
	show(new Editor("Message", {
		left: "Send",
		counts: count,
		makeTap,
		done: (text) => (to ? send(to, text) : show(numberList("Send to", (number) => send(number, text)))),
	}));
}

async function send(to, text) {
	lastTo = to;
	replace(new Notice("Sending…", { right: "" }));
	try {
		await network.post("send", { to, text });
		home();
		show(new Notice("Message sent", { small: "to " + to, left: "OK", pick: home, right: "" }));
		setTimeout(() => top() instanceof Notice && top().text === "Message sent" && home(), 1500);
	} catch (problem) {
		replace(new Notice("Not sent", { small: problem.message }));
	}
}

// --- whom to ------------------------------------------------------------------------------------

function numbers() {
	const known = [lastTo, ...received().map((m) => m.peer), ...state.modems.map((m) => m.number)];
	return [...new Set(known)].filter((n) => n && state.modems.some((m) => m.number === n));
}

function numberList(title, use) {
	const name = (number) => state.modems.find((m) => m.number === number)?.name;
	return new List(title, () => [
		...numbers().map((number) => ({ label: number, detail: "modem " + name(number), pick: () => use(number) })),
		{ label: "Another number", pick: () => show(numberEditor("", use)) },
	]);
}

function numberEditor(text, use) {
	return new Editor("Number", { text, left: "OK", digits: true, makeTap, done: (number) => use(number) });
}

// --- calls and USSD -----------------------------------------------------------------------------

function dialled(number) {
	if (/^\*.*#$/.test(number))
		ussd({ dial: number });
	else
		call(number);
}

async function call(to) {
	calling = new Notice("Calling", { small: to, right: "End", leave: hangUp });
	show(calling);
	try {
		await network.post("call", { to });
	} catch (problem) {
		calling = null;
		replace(new Notice(problem.message));
	}
}

function hangUp() {
	calling = null;
	network.post("hangup").catch(() => {});
	back();
}

function callNote(how) {
	const words = { ringing: "It rings…", hungup: "Refused", timeout: "No answer", busy: "Busy",
		answered: "Connected", unreachable: "Unreachable", cancelled: "Call ended", gone: "Call ended" };
	if (!calling)
		return;
	calling.text = words[how] ?? how;
	if (how !== "ringing" && how !== "answered") {
		calling.leave = undefined;
		calling.right = "Back";
		calling = null;
	}
	draw();
}

let code = ""; // that was dialled

async function ussd(fields) {
	code = fields.dial ?? code;
	replace(new Notice("Requesting…", { title: code, right: "" }));
	try {
		const screen = await network.post("ussd", fields);
		if (screen.kind === "failed")
			replace(new Notice("Not done", { title: code, small: screen.text }));
		else if (screen.kind === "more")
			replace(new Question(code, { says: screen.text, makeTap, done: (keys) => ussd({ keys }) }));
		else
			replace(new Reader(code, { text: screen.text }));
	} catch (problem) {
		replace(new Notice(problem.message));
	}
}

async function coverage() {
	try {
		await network.post("coverage", { on: state.on ? "off" : "on" });
		home();
	} catch (problem) {
		show(new Notice(problem.message));
	}
}

// --- which phone ----------------------------------------------------------------------------------

function chooser() {
	const known = recall("phones", []);
	const go = (number) => {
		location.search = "?" + new URLSearchParams({ number });
	};
	const suggestion = "+250788000001";
	return new List("Which phone?", () => [
		...[...new Set([...known, suggestion])].map((number) => ({ label: number, pick: () => go(number) })),
		{ label: "Another number", pick: () => show(numberEditor("+2507", go)) },
	], { right: stack.length > 0 ? "Back" : "" });
}

// --- what happens -------------------------------------------------------------------------------

async function refresh() {
	try {
		state = await network.state();
		up = true;
	} catch {
		up = false;
	}
	if (top() instanceof Editor)
		drawFrame();
	else
		draw();
}

function arrived(message) {
	if (state.messages.some((m) => m.id === message.id))
		return;
	state.messages.push(message);
	if (!message.sent && top() === idle)
		show(new Notice("1 message received", {
			left: "Read",
			right: "Exit",
			pick: () => {
				stack.pop();
				open(message);
			},
		}));
	else if (top() instanceof Editor || top() instanceof Reader)
		drawFrame();
	else
		draw();
	if (!message.sent)
		$("notice").textContent = "Message received from " + message.peer;
}

function noted(note) {
	if (note.startsWith("call "))
		callNote(note.slice(5));
	else if (note === "ussd over") {
		if (top().session)
			stack.pop();
		show(new Notice("Session over", { title: code }));
	}
	else if (note.startsWith("coverage ")) {
		state.on = note === "coverage on";
		drawFrame();
		if (top() === idle)
			draw();
	}
}

// --- keys ---------------------------------------------------------------------------------------

function press(name, isLong = false) {
	const screen = top();
	const took = screen.key(name, isLong);
	if (took === "draw")
		draw();
	else if (took)
		drawFrame();
	else if (name === "right" || name === "end")
		leave(name);
}

function leave(name) {
	if (top().session)
		network.post("hangup").catch(() => {});
	if (name === "end" && stack[0] === idle)
		home();
	else
		back();
}

const keyboard = { ArrowUp: "up", ArrowDown: "down", Enter: "ok", Escape: "end", F1: "left", F2: "right" };

// In an editor the textarea has the keys, but for Enter (Shift+Enter is a new line) and Escape.
function typed(event) {
	const inEditor = event.target === top().area;
	let name = keyboard[event.key];
	if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey)
		return;
	if (event.key === "Enter" && (event.target.tagName === "BUTTON" || event.shiftKey))
		return;
	if (inEditor && (name === "up" || name === "down"))
		return;
	if (event.key === "Escape")
		name = "right";
	if (inEditor && name === "right") {
		leave(name);
		event.preventDefault();
		return;
	}
	if (!inEditor && event.key === "Backspace")
		name = "right";
	if (!inEditor && /^[0-9*#+]$/.test(event.key))
		name = event.key;
	if (!name)
		return;
	event.preventDefault();
	press(name === "+" ? "0" : name, name === "+");
}

function start() {
	const number = new URLSearchParams(location.search).get("number");
	for (const button of document.querySelectorAll(".navigation [data-key]"))
		button.addEventListener("click", () => press(button.dataset.key));
	// A click on a key leaves the cursor where it is.
	document.querySelector(".phone").addEventListener("pointerdown", (event) => {
		if (event.target.closest("button") && top() instanceof Editor)
			event.preventDefault();
	});
	makeKeypad($("keypad"), press);
	document.addEventListener("keydown", typed);
	for (let i = 1; i <= 4; i++)
		$("signal").append(document.createElement("i"));
	if (!number) {
		show(chooser());
		return;
	}
	state.number = number;
	remember("phones", [...new Set([number, ...recall("phones", [])])].slice(0, 5));
	stack = [idle];
	network = new Network(number);
	network.addEventListener("up", refresh);
	network.addEventListener("down", () => {
		up = false;
		drawFrame();
		if (top() === idle)
			draw();
	});
	network.addEventListener("sms", (event) => arrived(event.detail));
	network.addEventListener("note", (event) => noted(event.detail));
	draw();
	setInterval(() => top() === idle && draw(), 30000); // its clock
}

start();
