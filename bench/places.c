/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * places: how long the database takes to find a place by a citizen's words among 50,000 names:
 * names that are said as they are, with a letter amiss, and words that are nobody's name.  Each
 * look is a query of its own through libpq, as a service's is part of one.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common/bench.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

enum { NAMES = 50000, LOOKS = 500, WARM = 20 };

/* Streets, markets, schools and quarters of made-up syllables, in two hundred zones. */
static const char city[] =
	"SET search_path = baraza, public;"
	"CREATE FUNCTION pg_temp.word(n bigint) RETURNS text LANGUAGE sql AS $$"
	" SELECT initcap(string_agg((ARRAY['ka','ki','mi','ro','nko','nya','bu','go','ma','fa','la','xi',"
	" 'pa','ni','ne','za','mbe','tu','lu','che','gi','so','ha','de','re','ru','ndo','gwe','si','to',"
	" 'va','ja'])[1 + (hashint8extended(n, i) & 31)::int], '' ORDER BY i))"
	" FROM generate_series(1, 3 + (hashint8extended(n, 99) & 1)::int) AS i $$;"
	"INSERT INTO zone (name) SELECT 'Zone ' || i FROM generate_series(1, 200) AS i;"
	"INSERT INTO place (name, kind, zone_id)"
	" SELECT (ARRAY['Rua ', 'Mercado ', 'Escola de ', '', 'Avenue '])[1 + i % 5] || pg_temp.word(i / 2)"
	" || CASE WHEN i % 3 = 0 THEN ' ' || pg_temp.word(i + 100000) ELSE '' END,"
	" (ARRAY['street', 'landmark', 'landmark', 'quarter', 'street'])[1 + i % 5], z.id"
	" FROM generate_series(1, 50000) AS i JOIN zone z ON z.name = 'Zone ' || (1 + i % 200)"
	" ON CONFLICT DO NOTHING;"
	"CREATE TABLE public.said AS SELECT row_number() OVER () AS n, 'perto ' || folded AS name,"
	" 'perto ' || overlay(folded PLACING 'k' FROM length(folded) - 2 FOR 1) AS misspelt FROM ("
	" SELECT folded FROM place_name WHERE folded ~ '^[a-z ]{9,}$' ORDER BY hashtext(folded) LIMIT 500) s;"
	"ANALYZE";

static const char unknown[] =
	"SELECT 'devant la boutique de maman ' || (ARRAY['aline','rose','ines'])[1 + n % 3]"
	" || ' numero ' || n FROM public.said ORDER BY n";

static PGresult *
look(PGconn *db, const char *sql, int count, const char *const *params)
{
	PGresult *result = PQexecParams(db, sql, count, NULL, params, NULL, NULL, 0);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		die("places: %s", PQerrorMessage(db));
	return result;
}

/* Times each of the words that the query gives, and prints their row. */
static void
measure(PGconn *db, const char *what, const char *sql)
{
	PGresult *words = look(db, sql, 0, NULL);
	int count = PQntuples(words), found = 0;
	double *seconds = calloc((size_t)count + 1, sizeof(*seconds));

	if (seconds == NULL || count < LOOKS)
		die("places: %d words to look for", count);
	for (int i = -WARM; i < count; i++) {
		const char *said = PQgetvalue(words, i < 0 ? -i : i, 0);
		double begun = bench_now();
		PGresult *result = look(db, "SELECT name FROM place_guess($1)", 1, &said);

		if (i >= 0) {
			seconds[i] = bench_now() - begun;
			found += PQntuples(result) > 0;
		}
		PQclear(result);
	}
	double median = bench_median(seconds, (size_t)count);
	printf("| %s | %d of %d | %.2f | %.2f | %.2f |\n", what, found, count, 1e3 * median,
		1e3 * bench_percentile(seconds, (size_t)count, 95),
		1e3 * bench_percentile(seconds, (size_t)count, 100));
	free(seconds);
	PQclear(words);
}

int
main(void)
{
	struct stage *stage;

	proc_init();
	stage = bench_stage();
	bench_copy(stage, "places", STAGE_TEMPLATE);
	bench_sql(stage, "places", "%s", city);
	char *names = bench_value(stage, "places", "SELECT count(*) FROM baraza.place_name");
	char *conninfo = cluster_conninfo(&stage->cluster, "places");
	PGconn *db = PQconnectdb(conninfo);

	if (PQstatus(db) != CONNECTION_OK)
		die("places: %s", PQerrorMessage(db));
	PQclear(PQexec(db, "SET search_path = baraza, public"));
	if (atoi(names) < NAMES)
		die("places: only %s names", names);
	printf("| a place among %s names | found | median ms | 95 %% | longest |\n|---|---|---|---|---|\n",
		names);
	measure(db, "said as it is", "SELECT name FROM public.said ORDER BY n");
	measure(db, "with a letter amiss", "SELECT misspelt FROM public.said ORDER BY n");
	measure(db, "nobody's name, eight words", unknown);
	PQfinish(db);
	free(conninfo);
	free(names);
	stage_free(stage);
	return 0;
}
