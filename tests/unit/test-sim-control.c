/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator's control socket, its phones in the terminal and on the web, and their USSD. */
#include "unit.h"

#include "sim-stage.h"

#include "simulator/aggregator.h"
#include "simulator/control.h"
#include "simulator/http.h"
#include "simulator/terminal.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct stage stage;
static struct control *control;

/* A connection that is read into a text as lines come. */
struct line_end {
	int fd;
	struct event *readable;
	char got[STAGE_TEXT];
	size_t len;
};

static void
end_read_cb(evutil_socket_t fd, short what, void *arg)
{
	struct line_end *e = arg;
	ssize_t n = read(fd, e->got + e->len, sizeof(e->got) - 1 - e->len);

	(void)what;
	if (n <= 0)
		event_del(e->readable);
	else
		e->got[e->len += (size_t)n] = '\0';
}

static void
end_watch(struct line_end *e, int fd)
{
	e->fd = fd;
	e->len = 0;
	e->got[0] = '\0';
	e->readable = event_new(stage.base, fd, EV_READ | EV_PERSIST, end_read_cb, e);
	event_add(e->readable, NULL);
}

static void
end_open(struct line_end *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s/control", stage.dir);
	REQUIRE(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
	end_watch(e, fd);
}

static void
end_close(struct line_end *e)
{
	event_free(e->readable);
	close(e->fd);
}

static void
end_write(struct line_end *e, const char *text)
{
	REQUIRE(write(e->fd, text, strlen(text)) == (ssize_t)strlen(text));
}

/* Takes the next line. */
static const char *
end_line(struct line_end *e)
{
	static char line[STAGE_TEXT];
	size_t n;

	if (!stage_until(&stage, e->got, "\n"))
		return "(nothing)";
	n = strcspn(e->got, "\n");
	memcpy(line, e->got, n);
	line[n] = '\0';
	e->len -= n + 1;
	memmove(e->got, e->got + n + 1, e->len + 1);
	return line;
}

/* A command and its answer. */
static const char *
ask(struct line_end *e, const char *command)
{
	end_write(e, command);
	end_write(e, "\n");
	return end_line(e);
}

static struct line_end *
begin(void)
{
	static struct line_end e;

	stage_open(&stage, 2);
	at(&stage, "ATE0");
	control = control_open(&stage.sim, stage.dir);
	REQUIRE(control != NULL);
	end_open(&e);
	return &e;
}

static void
finish(struct line_end *e)
{
	end_close(e);
	control_close(control);
	stage_close(&stage);
}

/* --- the protocol ----------------------------------------------------------------------------- */

TEST(messages_go_in_and_come_out)
{
	struct line_end *e = begin();

	CHECK_STR(ask(e, "sms +250788000001 m1 a\\nb \\\\ é"), "ok");
	CHECK_STR(ask(e, "sms +250788000001 +250789000002 to the second"), "ok");
	CHECK_STR(ask(e, "sms +250788000001 m1 "), "ok");
	CHECK_INT(stage.m->card->sm.used, 2);
	CHECK_INT(stage.sim.modems[1]->card->sm.used, 1);
	at_send(&stage, 17, PDU_TEST);
	CHECK_STR(ask(e, "untaken +250788000001"), "ok 1");
	CHECK_STR(ask(e, "quiet 0788000001 1000"), "error +250789000001 Test");
	CHECK_STR(ask(e, "wait +250788000001 0"), "ok +250789000001 Test");
	CHECK_STR(ask(e, "wait +250788000001 1"), "error none");
	CHECK_STR(ask(e, "quiet +250788000001 1"), "ok");
	finish(e);
}

TEST(wrong_commands_are_told)
{
	struct line_end *e = begin();

	CHECK_STR(ask(e, "dance"), "error there is no command 'dance'");
	CHECK_STR(ask(e, ""), "error there is no command ''");
	CHECK_STR(ask(e, "wait +250788000001"), "error expected wait NUMBER MS");
	CHECK_STR(ask(e, "wait +250788000001 soon"), "error 'soon' is no time in milliseconds");
	CHECK(strncmp(ask(e, "sms +250788000001 m9 a"), "error 'm9' is no modem", 22) == 0);
	CHECK(strncmp(ask(e, "sms +250788000001 m1 a\\x"), "error the text has", 18) == 0);
	CHECK_STR(ask(e, "fault m1 dance"), "error there is no such fault");
	CHECK_STR(ask(e, "fault m9 silent"), "error there is no such modem");
	CHECK_STR(ask(e, "set m1 latency_ms much"), "error that is no number within its range");
	CHECK_STR(ask(e, "set m1 dance 1"), "error there is no such setting");
	CHECK_STR(ask(e, "ussd-answer m9"), "error there is no such modem");
	CHECK_STR(ask(e, "ussd-answer m1"), "error no USSD answer is on its way");
	CHECK_STR(ask(e, "dial +250788000001 *1#"),
		"error USSD is not available here (run with --ussd-url)");
	finish(e);
}

TEST(commands_behind_a_wait_keep_their_turn)
{
	struct line_end *e = begin();
	static struct line_end other;

	end_open(&other);
	end_write(e, "wait +250788000001 60000\nuntaken +250788000001\nsims\n");
	CHECK_STR(ask(&other, "untaken +250788000001"), "ok 0");
	CHECK_INT(e->len, 0);
	at_send(&stage, 17, PDU_TEST);
	CHECK_STR(end_line(e), "ok +250789000001 Test");
	CHECK_STR(end_line(e), "ok 0");
	CHECK_STR(end_line(e), "ok m1=+250789000001 m2=+250789000002");
	end_close(&other);
	finish(e);
}

TEST(client_may_go_while_it_waits)
{
	struct line_end *e = begin();
	static struct line_end other;

	end_open(&other);
	end_write(&other, "wait +250788000001 60000\n");
	CHECK_STR(ask(e, "untaken +250788000001"), "ok 0");
	end_close(&other);
	stage_settle(&stage);
	at_send(&stage, 17, PDU_TEST);
	CHECK_STR(ask(e, "wait +250788000001 0"), "ok +250789000001 Test");
	finish(e);
}

TEST(bulk_counts_senders_and_texts)
{
	struct line_end *e = begin();

	CHECK_STR(ask(e, "bulk 300 m2 +2507881 no %d!"), "ok 300");
	CHECK_INT(stage.sim.modems[1]->card->sm.used, 5);
	CHECK_INT(stage.sim.modems[1]->card->sms_held, 295);
	CHECK_STR(network_phone(&stage.sim.net, "+250788100300")->number, "+250788100300");
	CHECK_STR(
		TAILQ_FIRST(&network_phone(&stage.sim.net, "+250788100300")->box)->text, "no 300!");
	finish(e);
}

TEST(events_are_told_as_they_happen)
{
	struct line_end *e = begin();
	static struct line_end other;

	end_open(&other);
	CHECK_STR(ask(&other, "events"), "ok");
	ask(e, "sms +250788000001 m1 a");
	CHECK_STR(end_line(&other), "stored m1 1");
	at(&stage, "AT+CMGD=1");
	CHECK_STR(end_line(&other), "deleted m1 1");
	at_send(&stage, 17, PDU_TEST);
	CHECK_STR(end_line(&other), "submitted m1 +250788000001 0");
	CHECK_STR(end_line(&other), "delivered +250788000001 m1");
	ask(e, "call +250788000001 m1");
	CHECK_STR(end_line(&other), "call +250788000001 m1 ringing");
	ask(e, "hangup +250788000001");
	CHECK_STR(end_line(&other), "call +250788000001 m1 cancelled");
	end_close(&other);
	finish(e);
}

TEST(raw_octets_and_injected_pdus)
{
	struct line_end *e = begin();

	at(&stage, "AT+CNMI=2,1");
	CHECK_STR(ask(e, "inject m1 07911326040000F0040B911346610089F60000208062917314080CC8F71D"),
		"ok");
	CHECK(stage_until(&stage, stage.got, "+CMTI: \"SM\",1"));
	CHECK_STR(ask(e, "inject m1 FF"), "ok");
	CHECK_STR(ask(e, "raw m1 \\r\\n\\x41\\x00\\xff\\r\\n"), "ok");
	CHECK(stage_until(&stage, stage.got, "A?\xFF"));
	stage_forget(&stage);
	CHECK(strncmp(at(&stage, "AT+CMGR=1"), "+CMGR: 0,,22|0791132604", 22) == 0);
	CHECK_STR(at(&stage, "AT+CMGR=2"), "+CMGR: 0,,0|FF|OK");
	finish(e);
}

TEST(numbers_of_the_simulator_are_told)
{
	struct line_end *e = begin();
	char want[256];

	snprintf(
		want, sizeof(want), "ok m1=%s/dev/ttySIM0 m2=%s/dev/ttySIM1", stage.dir, stage.dir);
	CHECK_STR(ask(e, "modems"), want);
	CHECK_STR(ask(e, "fault m1 unplug"), "ok");
	snprintf(want, sizeof(want), "ok m1= m2=%s/dev/ttySIM1", stage.dir);
	CHECK_STR(ask(e, "modems"), want);
	CHECK(strstr(ask(e, "stats m1"), " mr=0 pin_left=3 number=+250789000001 imsi=") != NULL);
	CHECK(strncmp(ask(e, "stats"), "ok modems=2 phones=", 19) == 0);
	finish(e);
}

TEST(clock_moves_the_networks_time)
{
	struct line_end *e = begin();
	char before[64];

	snprintf(before, sizeof(before), "%s", at(&stage, "AT+CCLK?"));
	CHECK_STR(ask(e, "clock +86400"), "ok");
	CHECK(strcmp(at(&stage, "AT+CCLK?"), before) != 0);
	CHECK_STR(ask(e, "clock back"), "error expected clock +SECONDS");
	finish(e);
}

TEST(one_simulator_a_directory)
{
	struct line_end *e = begin();

	CHECK(control_taken(stage.dir));
	CHECK(!control_taken("/tmp"));
	finish(e);
}

/* --- the terminal phone, in a process of its own ------------------------------------------------
 */

/* Starts it on pipes; *in is written to, *out is watched. */
static pid_t
start_terminal(const char *number, struct line_end *out, int *in)
{
	int to[2], from[2];
	pid_t pid;

	REQUIRE(pipe(to) == 0 && pipe(from) == 0);
	fflush(stdout);
	pid = fork();
	REQUIRE(pid != -1);
	if (pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		close(to[1]);
		_exit(terminal_phone(stage.dir, number, 1));
	}
	close(to[0]);
	close(from[1]);
	*in = to[1];
	end_watch(out, from[0]);
	return pid;
}

TEST(terminal_phone_talks_with_the_gateway)
{
	struct line_end *e = begin();
	static struct line_end out;
	const char *text = "Fuite d'eau \\ rue\n";
	int in, status;
	pid_t pid;

	pid = start_terminal("0788000001", &out, &in);
	at(&stage, "AT+CNMI=2,1");
	REQUIRE(write(in, text, strlen(text)) > 0);
	CHECK(stage_until(&stage, stage.got, "+CMTI: \"SM\",1"));
	stage_forget(&stage);
	CHECK_STR(TAILQ_FIRST(&network_phone(&stage.sim.net, "+250788000001")->box)->text,
		"Fuite d'eau \\ rue");
	at_send(&stage, 17, PDU_TEST);
	CHECK(strstr(end_line(&out), " +250789000001: Test") != NULL);
	REQUIRE(write(in, "/off\n/to m2\n*1#\n", 16) == 16);
	CHECK(stage_until(&stage, out.got, "* coverage: off\n"));
	CHECK(stage_until(&stage, out.got, "! USSD is not available"));
	close(in);
	while (event_pending(out.readable, EV_READ, NULL))
		event_base_loop(stage.base, EVLOOP_ONCE);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1); /* something was not done */
	end_close(&out);
	finish(e);
}

/* --- the web phone ------------------------------------------------------------------------------
 */

static struct http *web;
static int web_port;

/* Any free port: the kernel says which. */
static void
open_web(void)
{
	int saved, pipes[2];
	char line[128] = "";

	fflush(stdout);
	REQUIRE(pipe(pipes) == 0);
	saved = dup(STDOUT_FILENO);
	dup2(pipes[1], STDOUT_FILENO);
	web = http_open(&stage.sim, "127.0.0.1:0");
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	REQUIRE(web != NULL && read(pipes[0], line, sizeof(line) - 1) > 0);
	REQUIRE(sscanf(line, "phones http://127.0.0.1:%d/", &web_port) == 1);
}

static void
web_connect(struct line_end *e)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)web_port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	REQUIRE(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
	end_watch(e, fd);
}

/* One request, and all of its answer. */
static const char *
request(const char *method, const char *path, const char *headers, const char *body)
{
	static struct line_end e;
	char text[2048];

	web_connect(&e);
	snprintf(text, sizeof(text),
		"%s %s HTTP/1.1\r\n%sConnection: close\r\nContent-Length: %zu\r\n\r\n%s", method,
		path, headers, strlen(body), body);
	end_write(&e, text);
	stage_until(&stage, e.got, "\r\n\r\n");
	while (event_pending(e.readable, EV_READ, NULL))
		event_base_loop(stage.base, EVLOOP_ONCE);
	end_close(&e);
	return e.got;
}

#define LOCAL "Host: localhost\r\n"
#define OURS LOCAL "X-Phone: 1\r\nContent-Type: application/x-www-form-urlencoded\r\n"

static bool
has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		printf("  no \"%s\" in \"%s\"\n", part, text);
	return strstr(text, part) != NULL;
}

TEST(web_phone_sends_and_shows)
{
	struct line_end *e = begin();
	const char *state;

	open_web();
	CHECK(has(request("POST", "/api/send", OURS,
			  "number=%2B250788000001&to=%2B250789000001&text=Bonjour+%3Cb%3E"),
		"{\"ok\":true}"));
	CHECK_INT(stage.m->card->sm.used, 1);
	at_send(&stage, 17, PDU_TEST);
	state = request("GET", "/api/state?number=0788000001", LOCAL, "");
	CHECK(has(state, "\"number\":\"+250788000001\",\"on\":true,\"ussd\":false"));
	CHECK(has(state, "{\"name\":\"m2\",\"number\":\"+250789000002\"}"));
	CHECK(has(state,
		"\"sent\":true,\"peer\":\"+250789000001\",\"text\":\"Bonjour \\u003cb\\u003e\""));
	CHECK(has(state, "\"sent\":false,\"peer\":\"+250789000001\",\"text\":\"Test\""));
	CHECK(has(request("POST", "/api/send", OURS, "number=%2B1&to=m9&text=x"),
		"{\"error\":\"No such number\"}"));
	http_close(web);
	finish(e);
}

TEST(web_phone_hears_by_its_stream)
{
	struct line_end *e = begin();
	static struct line_end stream;

	open_web();
	web_connect(&stream);
	end_write(&stream,
		"GET /api/stream?number=%2B250788000001 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
	CHECK(stage_until(&stage, stream.got, "retry: 1000"));
	at_send(&stage, 17, PDU_TEST);
	CHECK(stage_until(&stage, stream.got, "event: sms\ndata: {\"id\":"));
	CHECK(stage_until(&stage, stream.got, "\"text\":\"Test\"}\n\n"));
	CHECK_STR(ask(e, "call +250788000001 m1"), "ok");
	CHECK(stage_until(&stage, stream.got, "event: note\ndata: \"call ringing\"\n\n"));
	end_close(&stream);
	stage_settle(&stage);
	CHECK_STR(ask(e, "hangup +250788000001"), "ok");
	http_close(web);
	finish(e);
}

TEST(web_phone_is_closed_to_other_pages)
{
	struct line_end *e = begin();

	open_web();
	CHECK(has(request("GET", "/api/state?number=1", "Host: evil.example\r\n", ""),
		"HTTP/1.1 403"));
	CHECK(has(request("POST", "/api/send", LOCAL, "number=%2B1&to=m1&text=x"), "HTTP/1.1 403"));
	CHECK(has(request("GET", "/../../etc/passwd", LOCAL, ""), "HTTP/1.1 404"));
	CHECK(has(request("GET", "/.hidden.js", LOCAL, ""), "HTTP/1.1 404"));
	CHECK(has(request("GET", "/api/state", LOCAL, ""), "That is no number"));
	CHECK(has(request("DELETE", "/", LOCAL, ""), "HTTP/1.1 501"));
	CHECK_INT(stage.m->card->sm.used, 0);
	http_close(web);
	finish(e);
}

/* --- USSD ---------------------------------------------------------------------------------------
 */

static char asked[512];
static const char *screen;

/* The service that the aggregator calls back. */
static void
service_cb(struct evhttp_request *req, void *arg)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(req), *out = evbuffer_new();
	size_t len = evbuffer_get_length(in);

	(void)arg;
	snprintf(asked, sizeof(asked), "%.*s", (int)len, (const char *)evbuffer_pullup(in, -1));
	evbuffer_add_printf(out, "%s", screen);
	evhttp_send_reply(req, HTTP_OK, NULL, out);
	evbuffer_free(out);
}

static struct evhttp *
open_service(void)
{
	struct evhttp *service = evhttp_new(stage.base);
	struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(service, "127.0.0.1", 0);
	struct sockaddr_in at_;
	socklen_t len = sizeof(at_);
	const char *why;
	char url[64];

	REQUIRE(bound != NULL);
	REQUIRE(getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at_, &len) == 0);
	evhttp_set_gencb(service, service_cb, NULL);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/ussd", ntohs(at_.sin_port));
	stage.sim.aggregator = aggregator_new(stage.base, url, &why);
	REQUIRE(stage.sim.aggregator != NULL);
	return service;
}

TEST(ussd_sends_the_whole_history)
{
	struct line_end *e = begin();
	struct evhttp *service = open_service();

	screen = "CON Bienvenue\n1. Signaler";
	CHECK_STR(ask(e, "dial 0788000001 *384*9#"), "ok CON Bienvenue\\n1. Signaler");
	CHECK(has(asked,
		"phoneNumber=%2B250788000001&networkCode=63510&serviceCode=%2A384%23&text=9"));
	screen = "CON Rue?";
	CHECK_STR(ask(e, "keys 0788000001 1"), "ok CON Rue?");
	CHECK(has(asked, "&text=9%2A1"));
	screen = "END Merci";
	CHECK_STR(ask(e, "keys 0788000001 KN 5 & plus"), "ok END Merci");
	CHECK(has(asked, "&text=9%2A1%2AKN+5+%26+plus"));
	CHECK_STR(ask(e, "keys 0788000001 1"), "error no session is open");
	evhttp_free(service);
	finish(e);
}

TEST(ussd_judges_the_answer)
{
	struct line_end *e = begin();
	struct evhttp *service = open_service();
	char longest[200];

	screen = "Hello";
	CHECK_STR(ask(e, "dial 0788000001 *384#"),
		"error the answer begins neither with CON nor with END");
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "CON ", 4);
	longest[4 + 182] = '\0';
	screen = longest;
	CHECK(strncmp(ask(e, "dial 0788000001 *384#"), "ok CON a", 8) == 0);
	CHECK_STR(ask(e, "hangup 0788000001"), "ok");
	longest[4 + 182] = 'a';
	longest[4 + 183] = '\0';
	CHECK_STR(ask(e, "dial 0788000001 *384#"), "error the answer is longer than a screen");
	evhttp_free(service);
	CHECK_STR(ask(e, "dial 0788000001 *384#"), "error no answer");
	finish(e);
}

TEST(ussd_client_may_go_while_it_waits)
{
	struct line_end *e = begin();
	struct evhttp *service = open_service();
	static struct line_end other;

	screen = "CON Bienvenue";
	end_open(&other);
	end_write(&other, "dial 0788000001 *384#\n");
	CHECK_STR(ask(e, "untaken 1"), "ok 0");
	end_close(&other);
	while (asked[0] == '\0')
		event_base_loop(stage.base, EVLOOP_ONCE);
	stage_settle(&stage);
	CHECK_STR(ask(e, "hangup 0788000001"), "ok");
	evhttp_free(service);
	finish(e);
}

UNIT_MAIN
