-- SPDX-License-Identifier: GPL-3.0-or-later
-- places: from the words by which somebody says where, to the city's own names.

-- The city's places that these words may mean, likeliest first: a name or an alias that is said whole is 1.
CREATE OR REPLACE FUNCTION place_guess(words text)
RETURNS TABLE (place_id bigint, name text, zone_id integer, lat double precision, long double precision, similarity real)
LANGUAGE sql STABLE AS $$
	SELECT p.id, p.name, p.zone_id, p.lat, p.long, g.similarity
	FROM place p,
		LATERAL (SELECT max(similarity(lower(n), lower(words))) AS similarity
			FROM unnest(p.aliases || p.name) AS n) g
	WHERE g.similarity >= 0.45
	ORDER BY g.similarity DESC, length(p.name) DESC, p.id
	LIMIT 5
$$;

-- The way between two points as the crow flies, on a sphere: within a city, exact to a metre in some hundreds.
CREATE OR REPLACE FUNCTION metres_between(p_lat1 double precision, p_long1 double precision, p_lat2 double precision,
	p_long2 double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT AS $$
	SELECT 6371000 * 2 * asin(least(1, sqrt(sind((p_lat2 - p_lat1) / 2) ^ 2
		+ cosd(p_lat1) * cosd(p_lat2) * sind((p_long2 - p_long1) / 2) ^ 2)))
$$;
