# SPDX-License-Identifier: GPL-3.0-or-later
#
# Reports.pm - Maputo's reports as the CSV has them, and what must come of them when a ticket is closed at the moment
# when the last of its reports was: a report joins if a ticket of its container and kind is open; without a container
# none joins.  For tests/replay-city and tests/replay-maputo-ussd.
package Reports;
use strict;
use warnings;
use Exporter 'import';
use Time::Local 'timegm';
our @EXPORT = qw(read_reports oracle number_of expected_table judged written_to);

my %kind = ('01' => 'full', '02' => 'burning', '03' => 'beside', '04' => 'not_collected', '05' => 'heap', '06' => 'drain');

sub seconds { # of an ISO time with its zone
	my ($y, $mo, $d, $h, $mi, $s, $sign, $zh, $zm) =
		shift =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)([+-])(\d+):(\d+)$/ or die "a time that is none";
	return timegm($s, $mi, $h, $d, $mo - 1, $y) - ($sign eq '-' ? -1 : 1) * ($zh * 3600 + $zm * 60);
}

# The first $most, in order of time; those of that channel, or all.  Each has besides its columns: kind, at and until in
# seconds, key (of its container and kind, or '').
sub read_reports {
	my ($file, $most, $channel) = @_;
	open my $in, '<', $file or die "$file: $!";
	local $/;
	my $csv = <$in>;
	my (@rows, @row);
	# One field and what ends it; quoted fields may hold commas, quotes and line ends.
	while ($csv =~ /\G(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|\z)/g) {
		my ($field, $end) = (defined $1 ? $1 : $2, $3);
		$field =~ s/""/"/g;
		push @row, $field;
		next if $end eq ',';
		push @rows, [@row] if @row > 1;
		@row = ();
		last if $end eq '' || pos($csv) == length $csv;
	}
	my $header = shift @rows;
	my @reports = map { my %r; @r{@$header} = @$_; \%r } @rows;
	@reports = grep { $_->{channel} eq $channel } @reports if defined $channel;
	for (@reports) {
		$_->{at} = seconds($_->{requested_at});
		$_->{until} = seconds($_->{updated_at});
		$_->{kind} = $kind{ $_->{category_code} };
		$_->{key} = $_->{container_id} eq '' ? '' : "$_->{container_id} $_->{kind}";
	}
	@reports = sort { $a->{at} <=> $b->{at} || $a->{request_id} <=> $b->{request_id} } @reports;
	splice @reports, $most if @reports > $most;
	return @reports;
}

# What must come of them: { tickets, reports } count by "container kind", all and joins count.  Those before which an
# older ticket closes get `closes`.
sub oracle {
	my (%open, %o);
	$o{all} = $o{joins} = 0;
	for my $r (@_) {
		my $key = "$r->{container_id} $r->{kind}";
		$o{reports}{$key}++;
		if ($r->{key} ne '' && defined $open{$key} && $open{$key} > $r->{at}) {
			$o{joins}++;
			$open{$key} = $r->{until} if $r->{until} > $open{$key};
		} else {
			$r->{closes} = 1 if $r->{key} ne '' && defined $open{$key};
			$o{tickets}{$key}++;
			$o{all}++;
			$open{$key} = $r->{until};
		}
	}
	return \%o;
}

# The citizen's number: c0001 is +258840000001.
sub number_of { return sprintf '+25884%07d', substr shift->{citizen}, 1 }

# Statements of a scenario that keep the oracle in a table of the database, and those that compare it with what is there,
# container by container; a report that was understood as something else is told as its category.
sub expected_table {
	my ($o) = @_;
	my $said = "sql CREATE TABLE public.expected (container integer, kind text, tickets bigint, reports bigint)\n";
	my @rows = map { my ($c, $k) = split / /; sprintf "(%s,'%s',%d,%d)", $c eq '' ? 'NULL' : $c, $k, $o->{tickets}{$_},
		$o->{reports}{$_} } sort keys %{ $o->{reports} };
	while (my @some = splice @rows, 0, 100) {
		$said .= "sql INSERT INTO expected VALUES " . join(',', @some) . "\n";
	}
	return $said;
}

sub judged {
	my ($o, $n) = @_;
	return "sql SELECT count(*) FROM report => $n\n"
		. "sql SELECT coalesce(string_agg(format('%s %s: %s of %s, not %s of %s', coalesce(e.container, t.container),"
		. " coalesce(e.kind, t.kind), t.tickets, t.reports, e.tickets, e.reports), '; '), 'as expected') FROM expected e FULL JOIN"
		. " (SELECT k.container, coalesce(k.kind, k.category) AS kind, count(DISTINCT k.id) AS tickets, count(*) AS reports"
		. " FROM ticket k JOIN report r ON r.ticket_id = k.id GROUP BY 1, 2) t"
		. " ON coalesce(e.container, 0) = coalesce(t.container, 0) AND e.kind = t.kind"
		. " WHERE (e.tickets, e.reports) IS DISTINCT FROM (t.tickets, t.reports) => as expected\n"
		. "sql SELECT count(*) FROM ticket => $o->{all}\n";
}

# Statements that write every ticket into a file: container, kind, and how many reported each, in their order.
sub written_to {
	my ($path) = @_;
	return <<"END";
file tickets.sh
psql "\$(sed -n 's/^database = "\\(.*\\)";\$/\\1/p' "\$BARAZA_CONF")" -XAtq -v ON_ERROR_STOP=1 -c "SELECT container, kind,
	string_agg(reports::text, ' ' ORDER BY id) FROM (SELECT k.id, k.container, coalesce(k.kind, k.category) AS kind,
		count(*) AS reports FROM baraza.ticket k JOIN baraza.report r ON r.ticket_id = k.id GROUP BY k.id) t
	GROUP BY 1, 2 ORDER BY 1, 2" >$path
.
run sh tickets.sh
END
}

1;
