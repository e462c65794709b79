-- SPDX-License-Identifier: GPL-3.0-or-later
-- places: from the words by which somebody says where, to the city's own names.

-- Words -------------------------------------------------------------------------------------------

-- Fold for comparing as the gateway does (text_fold() in gateway/text.h): small letters without accents, Latin's special
-- letters opened, Arabic's forms of one letter alike, digits plain, everything else one blank.  What belongs to neither of
-- these scripts is kept as it is.  The same in every collation.
CREATE OR REPLACE FUNCTION fold(p_text text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
	v text COLLATE "C" := p_text;
BEGIN
	IF octet_length(v) = length(v) THEN
		RETURN trim(regexp_replace(lower(v), '[^a-z0-9]+', ' ', 'g'));
	END IF;
	-- "n°147" and "Nº 147" are "no 147".
	v := regexp_replace(v, '(^|[^A-Za-z0-9\u00c0-\uffff])[nN][°º]', '\1no ', 'g');
	v := translate(v, '°ºª´¨¯¸’‘ʼʻµŀĿŉ', '           ulln');
	-- Compatibility forms: accents become marks of their own, old phones' Arabic and wide letters plain ones.
	v := normalize(v, NFKD);
	v := regexp_replace(v, '[\u0300-\u036f\u00ad\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u0674\u06d6-\u06dd\u06df-\u06e8'
		'\u06ea-\u06ed\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+', '', 'g');
	v := lower(translate(v,
		'ÐØðøĐđĦħıĸŁłŊŋŦŧſƀƁƂƃƆƇƈƉƊƋƌƎƏƐƑƒƓƔƖƗƘƙƚƝƞƟƤƥƦƩƫƬƭƮƱƲƳƴƵƶƷǝǤǥȠȡȤȥȴȵȶȷȺȻȼȽȾȿɀɃɄɅɆɇɈɉɊɋɌɍɎɏɐɑɒɓɔɕɖɗɘəɚ'
		'ɛɜɝɞɟɠɡɢɣɥɦɨɩɪɫɬɭɱɲɳɴɵɸɹɺɻɼɽɾɿʀʁʂʃʄʆʇʈʉʊʋʌʍʎʏʐʑʒʓʙʛʜʝʞʟةىیېےۓکڪھہەۀۃۂٱٲٳ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹',
		'dododdhhikllnnttsbbbboccddddeeeffggiikklnnopprsttttuvyyzzzeggndzzlntjaccltszbuveejjqqrryyaaabocddeee'
		'eeeejgggghhiiilllmnnnofrrrrrrrrrssjsttuuvvwyyzzzzbghjklهيييييككههههههااا01234567890123456789'));
	v := replace(replace(replace(replace(replace(replace(replace(replace(v, 'Æ', 'ae'), 'æ', 'ae'), 'Œ', 'oe'), 'œ', 'oe'),
		'ß', 'ss'), 'ẞ', 'ss'), 'Þ', 'th'), 'þ', 'th');
	RETURN trim(regexp_replace(v, '[\u0001-/:-`{-\u00bf\u00d7\u00f7\u02b9-\u02ff\u0606-\u060f\u061b-\u061f\u066a-\u066d'
		'\u06d4\u06de\u06e9\u06fd\u06fe\u2000-\u2bff\u3000-\u303f\ue000-\uf8ff\ufd3e-\ufd4f\ufdfc-\ufdff\uffe0-\uffff'
		'\U0001f000-\U0001faff]+', ' ', 'g'));
END $$;

-- Words, folded, that say what sort of place it is, or only join others: they tell no place from another.
CREATE OR REPLACE FUNCTION place_common(p_word text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT p_word = ANY ('{
		street,st,str,road,rd,avenue,ave,av,avenida,rue,rua,route,estrada,boulevard,bd,blvd,lane,drive,
		alley,way,praca,place,square,travessa,largo,impasse,quarter,district,zone,quartier,bairro,distrito,
		zona,secteur,cite,block,bloc,bloco,market,marche,mercado,feira,school,ecole,escola,primary,
		secondary,primaire,secondaire,primaria,secundaria,lycee,college,colegio,church,eglise,igreja,mosque,
		mosquee,mesquita,hospital,hopital,clinic,clinique,health,centre,center,centro,sante,saude,posto,
		poste,police,esquadra,commissariat,station,gare,paragem,terminal,bus,park,stop,parc,parque,stade,
		stadium,estadio,campo,field,pont,ponte,bridge,rond,point,roundabout,rotunda,carrefour,junction,
		cruzamento,bombas,pharmacie,pharmacy,farmacia,hotel,bank,banque,banco,the,of,and,at,in,on,near,
		by,behind,opposite,de,da,do,das,dos,du,des,la,le,les,l,d,et,em,no,na,nos,nas,perto,pres,
		au,aux,en,sur,vers,devant,derriere,cote,face,apres,avant,entre,ao,atras,frente,lado,junto,
		proximo,to,next,front,boutique,loja,shop,maison,house,casa,numero,number,no,n,شارع,الشارع,نهج,طريق,الطريق,سوق,السوق,مدرسه,المدرسه,معهد,مسجد,المسجد,جامع,
		الجامع,مستشفي,المستشفي,حي,الحي,ساحه,الساحه,محطه,المحطه,جسر,الجسر,في,قرب,بالقرب,من,امام,وراء,
		خلف,جنب,بجانب,مقابل}'::text[])
$$;

-- What is left of folded words without these; all of them, when nothing is.
CREATE OR REPLACE FUNCTION place_core(p_folded text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
	RETURN (SELECT coalesce(string_agg(w, ' ' ORDER BY n), p_folded)
		FROM unnest(string_to_array(p_folded, ' ')) WITH ORDINALITY AS s(w, n)
		WHERE NOT place_common(w));
END $$;

-- The names that are searched ---------------------------------------------------------------------

-- A lamp-post is known by the number on it, whatever else its name says.  No folded words look like this.
CREATE OR REPLACE FUNCTION lamp_post_name(p_digits text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
	RETURN 'lamp_post ' || coalesce(nullif(ltrim(p_digits, '0'), ''), '0');
END $$;

-- By what a place is found: its names folded, but for what is too short or only a number.
CREATE OR REPLACE FUNCTION place_names_of(p_place place)
RETURNS SETOF text
LANGUAGE sql STABLE AS $$
	SELECT DISTINCT folded
	FROM (SELECT fold(n) AS folded FROM unnest(p_place.aliases || p_place.name) AS n) f
	WHERE length(folded) >= 3 AND folded !~ '^[0-9 ]+$'
	UNION
	SELECT lamp_post_name(substring(fold(n) FROM '([0-9]+)[^0-9]*$'))
	FROM unnest(p_place.aliases || p_place.name) AS n
	WHERE p_place.kind = 'lamp_post' AND n ~ '[0-9]|[٠-٩]'
$$;

CREATE OR REPLACE FUNCTION place_names_changed()
RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM place_name WHERE place_id = NEW.id;
	INSERT INTO place_name (folded, core, place_id) SELECT n, place_core(n), NEW.id FROM place_names_of(NEW) AS n;
	RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION zone_names_changed()
RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM place_name WHERE zone_id = NEW.id;
	INSERT INTO place_name (folded, core, zone_id)
	SELECT fold(NEW.name), place_core(fold(NEW.name)), NEW.id WHERE fold(NEW.name) <> '';
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER place_names AFTER INSERT OR UPDATE OF name, aliases, kind ON place
	FOR EACH ROW EXECUTE FUNCTION place_names_changed();
CREATE OR REPLACE TRIGGER zone_names AFTER INSERT OR UPDATE OF name ON zone
	FOR EACH ROW EXECUTE FUNCTION zone_names_changed();

-- Names from before the triggers, or before folding changed.
DO $$
BEGIN
	IF EXISTS (SELECT FROM place p, place_names_of(p) AS n
			WHERE NOT EXISTS (SELECT FROM place_name o WHERE o.place_id = p.id AND o.folded = n AND o.core = place_core(n)))
		OR EXISTS (SELECT FROM zone z
			WHERE NOT EXISTS (SELECT FROM place_name o WHERE o.zone_id = z.id AND o.folded = fold(z.name))) THEN
		UPDATE place SET name = name;
		UPDATE zone SET name = name;
	END IF;
END $$;

-- What understanding knows as places, each under every name: the city's places, and with 0 the zones that are no place too.
CREATE OR REPLACE VIEW gazetteer_name AS
SELECT id AS place_id, name FROM place
UNION ALL
SELECT id, unnest(aliases) FROM place
UNION ALL
SELECT 0, folded FROM place_name z
WHERE zone_id IS NOT NULL AND NOT EXISTS (SELECT FROM place_name p WHERE p.folded = z.folded AND p.place_id IS NOT NULL);

-- From words to places ----------------------------------------------------------------------------

-- Phrases of so many words at most, cut from a text, and the numbers of lamp-posts in it, as names.
CREATE OR REPLACE FUNCTION place_phrases(p_words text[], p_most integer)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_lamp CONSTANT text := '\m(?:lampadaires?|poteaux?|poles?|lamp|lamp ?posts?|street ?lights?|light|postes?|candeeiros?|'
		'luminaria|عمود|العمود|مصباح)(?: (?:no|n|nr|nro|num|numero|number|de|do|da|du|of|luz|iluminacao|eclairage|public|'
		'publico|post|pole|رقم|الاناره|اناره|النور|نور))*? ?([0-9]{1,7})\M';
	v_text text := array_to_string(p_words, ' ');
	v text[] := '{}';
	v_count integer := coalesce(cardinality(p_words), 0);
BEGIN
	FOR i IN 1..v_count LOOP
		FOR j IN i..least(i + p_most - 1, v_count) LOOP
			v := v || array_to_string(p_words[i:j], ' ');
		END LOOP;
	END LOOP;
	IF v_text ~ '[0-9]' THEN
		v := v || ARRAY(SELECT lamp_post_name(m[1]) FROM regexp_matches(v_text, v_lamp, 'g') AS m);
	END IF;
	RETURN v;
END $$;

-- How wide a place is: a lamp-post is nowhere but there, a district is wide.
CREATE OR REPLACE FUNCTION place_width(p_kind text)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE p_kind WHEN 'lamp_post' THEN 0 WHEN 'street' THEN 2 WHEN 'quarter' THEN 3 WHEN 'district' THEN 4
		WHEN 'zone' THEN 5 ELSE 1 END
$$;

-- The places of these ids, and of this name those within one of these zones, if any is.
CREATE OR REPLACE FUNCTION places_within(p_places bigint[], p_zones integer[])
RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce(
		(SELECT array_agg(p.id) FROM place p WHERE p.id = ANY (p_places) AND p.zone_id IN (
			SELECT w FROM zone z, zone_within(z.name) AS w WHERE z.id = ANY (p_zones))),
		p_places);
END $$;

-- Names that are said as they are.  A longer one wins over what is part of it, the smaller place over the larger that it is
-- in ("KN 5, Kimironko"), the longer over the shorter; of places with one name those in a zone that is said too.
CREATE OR REPLACE FUNCTION place_named(p_words text[])
RETURNS TABLE (place_id bigint, name text, zone_id integer, lat double precision, long double precision, similarity real)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off AS $$
#variable_conflict use_column
DECLARE
	v_phrases text[] := place_phrases(p_words, 6);
	v record;
	v_said text := '|'; -- the names so far, longest first
	v_width integer := 9;
	v_name text;
	v_places bigint[] := '{}';
	v_zones integer[] := '{}'; -- that are said
	v_zone integer; -- the best is one that is no place
BEGIN
	FOR v IN
		SELECT n.folded, n.place_id, coalesce(p.zone_id, n.zone_id) AS zone_id,
			place_width(CASE WHEN n.zone_id IS NULL THEN p.kind ELSE 'zone' END) AS width
		FROM place_name n LEFT JOIN place p ON p.id = n.place_id
		WHERE n.folded = ANY (v_phrases)
		ORDER BY length(n.folded) DESC, n.folded, width, n.place_id
	LOOP
		CONTINUE WHEN v_said LIKE '% ' || v.folded || ' %' AND v_said NOT LIKE '%| ' || v.folded || ' |%';
		v_said := v_said || ' ' || v.folded || ' |';
		IF v.width >= 3 AND v.zone_id IS NOT NULL THEN
			v_zones := v_zones || v.zone_id;
		END IF;
		IF v.width < v_width THEN
			v_width := v.width;
			v_name := v.folded;
			v_places := CASE WHEN v.place_id IS NULL THEN '{}' ELSE ARRAY[v.place_id] END;
			v_zone := v.zone_id;
		ELSIF v.width = v_width AND v.folded = v_name THEN
			v_places := v_places || v.place_id;
		END IF;
	END LOOP;
	IF cardinality(v_places) > 1 AND v_zones <> '{}' AND v_width < 3 THEN
		v_places := places_within(v_places, v_zones);
	END IF;
	IF cardinality(v_places) > 0 THEN
		RETURN QUERY SELECT p.id, p.name, p.zone_id, p.lat, p.long, 1::real FROM place p
			WHERE p.id = ANY (v_places) ORDER BY p.id LIMIT 5;
	ELSIF v_name IS NOT NULL THEN
		RETURN QUERY SELECT NULL::bigint, z.name, z.id, NULL::double precision, NULL::double precision, 1::real
			FROM zone z WHERE z.id = v_zone;
	END IF;
END $$;

-- The numbers in folded words: a name may have a letter amiss, but no digit.
CREATE OR REPLACE FUNCTION place_digits(p_folded text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT trim(regexp_replace(p_folded, '[^0-9]+', ' ', 'g'))
$$;

-- Names that are said with a few letters amiss: those whose own words are like those of a phrase, and among them those that
-- are like the whole of it, with or without the common words beside it.
CREATE OR REPLACE FUNCTION place_like(p_words text[])
RETURNS TABLE (place_id bigint, name text, zone_id integer, lat double precision, long double precision, similarity real)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
SET pg_trgm.similarity_threshold = 0.35 AS $$
#variable_conflict use_column
DECLARE
	v_like CONSTANT real := 0.4; -- of the whole: tests/sql/place-names-are-found-misspelt.sql shows why
	v_like_short CONSTANT real := 0.55; -- short words are like many
	v_at integer[] := '{}'; -- where the words are that are not common
	v_most integer; -- of them in a phrase: long texts are cut into shorter ones
	v_core text[] := '{}';
	v_bare text[] := '{}';
	v_left text[] := '{}';
	v_beside text[] := '{}';
	v_right text[] := '{}';
	v_count integer;
	v_first integer;
	v_last integer;
BEGIN
	FOR i IN 1..cardinality(p_words) LOOP
		IF NOT place_common(p_words[i]) THEN
			v_at := v_at || i;
		END IF;
	END LOOP;
	v_count := least(cardinality(v_at), 12);
	v_most := CASE WHEN v_count <= 4 THEN 4 WHEN v_count <= 6 THEN 2 ELSE 1 END;
	FOR i IN 1..v_count LOOP
		FOR j IN i..least(i + v_most - 1, v_count) LOOP
			v_first := CASE WHEN i = 1 THEN 1 ELSE v_at[i - 1] + 1 END;
			v_last := CASE WHEN j = cardinality(v_at) THEN cardinality(p_words) ELSE v_at[j + 1] - 1 END;
			v_core := v_core || array_to_string(ARRAY(SELECT p_words[k] FROM unnest(v_at[i:j]) AS k), ' ');
			v_bare := v_bare || array_to_string(p_words[v_at[i]:v_at[j]], ' ');
			v_beside := v_beside || array_to_string(p_words[greatest(v_first, v_at[i] - 1):v_at[j]], ' ');
			v_left := v_left || array_to_string(p_words[greatest(v_first, v_at[i] - 3):v_at[j]], ' ');
			v_right := v_right || array_to_string(p_words[v_at[i]:least(v_last, v_at[j] + 2)], ' ');
		END LOOP;
	END LOOP;
	RETURN QUERY
	WITH near AS MATERIALIZED (
		SELECT n.place_id, n.zone_id, n.folded, CASE WHEN length(f.core) < 6 THEN v_like_short ELSE v_like END AS least,
			greatest(similarity(n.folded, f.bare), similarity(n.folded, f.beside), similarity(n.folded, f.before),
				similarity(n.folded, f.after)) AS score
		FROM unnest(v_core, v_bare, v_beside, v_left, v_right) AS f(core, bare, beside, before, after)
			JOIN place_name n ON n.core % f.core
		WHERE length(f.core) >= 4 AND f.core !~ '^[0-9 ]+$' AND place_digits(n.core) = place_digits(f.core)
	), best AS (
		SELECT DISTINCT ON (n.place_id, n.zone_id) n.* FROM near n WHERE n.score >= n.least
		ORDER BY n.place_id, n.zone_id, n.score DESC
	)
	SELECT b.place_id, coalesce(p.name, z.name), coalesce(p.zone_id, z.id), p.lat, p.long, b.score
	FROM best b LEFT JOIN place p ON p.id = b.place_id LEFT JOIN zone z ON z.id = b.zone_id
	WHERE b.place_id IS NOT NULL OR NOT EXISTS (SELECT FROM place_name n JOIN place q ON q.id = n.place_id
		WHERE n.folded = b.folded AND q.zone_id = b.zone_id)
	ORDER BY b.score DESC, b.place_id NULLS LAST
	LIMIT 5;
END $$;

-- The city's places that these words may mean, likeliest first, five at most: those that they name (1), or, when they name
-- none, those whose names are like some of the words (less than 1).  A zone that is no place has no place_id.
CREATE OR REPLACE FUNCTION place_guess(words text)
RETURNS TABLE (place_id bigint, name text, zone_id integer, lat double precision, long double precision, similarity real)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_words text[] := coalesce((string_to_array(fold(words), ' '))[1:24], '{}');
BEGIN
	RETURN QUERY SELECT * FROM place_named(v_words);
	IF NOT FOUND THEN
		RETURN QUERY SELECT * FROM place_like(v_words);
	END IF;
END $$;

-- The same, of somebody who chose a zone in a menu (NULL: she did not): of several places those in it; what her words are
-- only like, and is elsewhere, is none.
CREATE OR REPLACE FUNCTION place_guess_in(words text, p_zone integer)
RETURNS TABLE (place_id bigint, name text, zone_id integer, lat double precision, long double precision, similarity real)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_zone IS NULL THEN
		RETURN QUERY SELECT * FROM place_guess(words);
		RETURN;
	END IF;
	RETURN QUERY
	SELECT x.place_id, x.name, x.zone_id, x.lat, x.long, x.similarity
	FROM (SELECT i.*, bool_or(i.inside) OVER () AS any_inside
		FROM (SELECT g.*, p_zone = ANY (zone_around(g.zone_id)) AS inside FROM place_guess(words) g) i) x
	WHERE x.inside OR x.similarity = 1 AND NOT x.any_inside
	ORDER BY x.similarity DESC, x.place_id NULLS LAST;
END $$;

-- The way between two points as the crow flies, on a sphere: within a city, exact to a metre in some hundreds.
CREATE OR REPLACE FUNCTION metres_between(p_lat1 double precision, p_long1 double precision, p_lat2 double precision,
	p_long2 double precision)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
	RETURN 6371000 * 2 * asin(least(1, sqrt(sind((p_lat2 - p_lat1) / 2) ^ 2
		+ cosd(p_lat1) * cosd(p_lat2) * sind((p_long2 - p_long1) / 2) ^ 2)));
END $$;
