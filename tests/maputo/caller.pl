# SPDX-License-Identifier: GPL-3.0-or-later
#
# caller.pl PLAN: people with phones who report by USSD, key by key, what PLAN has of them; run in a scenario's folder,
# where BARAZA_CONF tells where the gateway listens and where its database is.
#
# A line of PLAN is words separated by tabs:
#   clock SECONDS              city time is that from now on
#   close CONTAINER KIND       that ticket is fixed
#   report ID NUMBER WAY KIND DISTRICT QUARTER CONTAINER BLOCK WORDS
#   go                         the reports above are keyed, all at once
#
# A caller sees nothing but the screens. She looks for a line that says what she knows: her container's number (where she
# has one), her quarter, her district, what is wrong; pages with 9 as long as it offers more; types her quarter's first
# letters where the districts are shown, if her WAY is `letters`, and her container's number, if it is `number`; writes
# in her own words where no choice is shown; sends when she has been asked to confirm. What she cannot answer is told,
# and ends it all with 1.  Sessions are called by their report, so that a second run repeats the first one's steps.
#
# PLAN.screens gets a line a report: its way (`none` without a container), and how many screens it took.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;
use IPC::Open2;
use Time::HiRes 'time';

my $path = '/ussd/sim/scenario-of-tests';
my $code = '*311#';
my $most_steps = 30;
my ($listener, $conninfo) = configuration();
my (@callers, $steps, $slowest, $screens);
$steps = $slowest = 0;

sub configuration {
	open my $in, '<', $ENV{BARAZA_CONF} or die "$ENV{BARAZA_CONF}: $!\n";
	local $/;
	my $text = <$in>;
	my ($unix) = $text =~ /^listen = "unix:([^"]+)"/m or die "no listener\n";
	my ($info) = $text =~ /^database = "((?:[^"\\]|\\.)*)"/m or die "no database\n";
	return ($unix, $info =~ s/\\(.)/$1/gr);
}

# --- the city ---------------------------------------------------------------------------------

my $psql;
sub sql {
	my ($statement, $want) = @_;
	if (!$psql) {
		$psql = {};
		open2($psql->{out}, $psql->{in}, 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', $conninfo) or die "psql: $!\n";
		print { $psql->{in} } "SET search_path = baraza, public;\n";
	}
	print { $psql->{in} } "$statement;\n\\echo .\n";
	$psql->{in}->flush;
	my @said;
	while (defined(my $line = readline $psql->{out})) {
		chomp $line;
		if ($line eq '.') {
			my $got = join '|', @said;
			die "$statement: $got, not $want\n" if defined $want && $got ne $want;
			return;
		}
		push @said, $line;
	}
	die "psql ended at $statement\n";
}

# --- what a caller does -----------------------------------------------------------------------

# Letters without accents, small.
my %plain = ("\xc3\xa1" => 'a', "\xc3\xa0" => 'a', "\xc3\xa2" => 'a', "\xc3\xa3" => 'a', "\xc3\xa7" => 'c', "\xc3\xa9" => 'e',
	"\xc3\xaa" => 'e', "\xc3\xad" => 'i', "\xc3\xb3" => 'o', "\xc3\xb4" => 'o', "\xc3\xb5" => 'o', "\xc3\xba" => 'u',
	"\xc3\x87" => 'c', "\xc3\x83" => 'a', "\xc3\x81" => 'a');
sub plain { return lc(shift =~ s/(\xc3.)/$plain{$1} \/\/ '?'/ger) }

my %sounds = (full => qr/chei/, burning => qr/arder|fogo|queim/, beside => qr/fora/, not_collected => qr/tchova|nao pass|recolh/,
	heap => qr/amonto|monte/, drain => qr/vala|drenagem/);

# The key that she presses at this screen.
sub choose {
	my ($c) = @_;
	my (@lines, $more);
	for (split /\n/, $c->{screen}) {
		push @lines, [$1, plain($2)] if /^([1-8]):? (.*)/;
		$more = 1 if /^9 /;
	}
	my $line = sub { my $pattern = shift; my ($l) = grep { $_->[1] =~ $pattern } @lines; $l && $l->[0] };
	my $key;
	# What is shown once she has said all that she knows.
	return $key if defined($key = $line->(qr/^(?:enviar|confirmar)\b/));
	if ($c->{container} ne '') {
		return $key if defined($key = $line->(qr/(?<!\d)$c->{container}(?!\d)/));
	}
	return $key if defined($key = $line->(qr/^\Q$c->{plain_quarter}\E(?:\W|$)/));
	if (defined $line->(qr/^\Q$c->{plain_district}\E(?:\W|$)/)) {
		return $c->{letters} if $c->{way} eq 'letters' && !$c->{typed}++;
		return $c->{container} if $c->{way} eq 'number' && $c->{container} ne '' && !$c->{typed}++;
		return $line->(qr/^\Q$c->{plain_district}\E(?:\W|$)/);
	}
	return $key if defined($key = $line->($sounds{ $c->{kind} }));
	return $key if defined($key = $line->(qr/^avisar/));
	return '9' if $more;
	# A screen that asks in words: what she writes there is what she told the city.
	return $c->{words} if !@lines || (@lines == 1 && $lines[0][1] =~ /nao sei|saltar/);
	return;
}

sub encoded { return shift =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger }

sub ask {
	my ($c) = @_;
	my $body = join '&', "sessionId=$c->{session}", 'phoneNumber=' . encoded($c->{number}), 'networkCode=64301',
		'serviceCode=' . encoded($code), 'text=' . encoded($c->{text});
	$c->{socket} = IO::Socket::UNIX->new(Peer => $listener) or die "$listener: $!\n";
	$c->{socket}->syswrite("POST $path HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
			. 'Content-Length: ' . length($body) . "\r\n\r\n$body");
	$c->{answer} = '';
	$c->{asked} = time;
	$c->{steps}++;
	$steps++;
}

sub complain {
	my ($c, $what) = @_;
	die "report $c->{id} ($c->{kind}, $c->{quarter}, container $c->{container}, $c->{way}) keyed \"$c->{text}\": $what: "
		. ($c->{screen} // '') =~ s/\n/ | /gr . "\n";
}

# An answer has come whole: she keys on, or is done. Returns true when she goes on.
sub answered {
	my ($c) = @_;
	my $ms = (time - $c->{asked}) * 1e3;
	$slowest = $ms if $ms > $slowest;
	my ($status, $kind, $screen) = $c->{answer} =~ m,^HTTP/1\.. (\d+) .*?\r\n\r\n(?:(CON|END) )?(.*)\z,s
		or complain($c, 'no HTTP answer');
	$c->{screen} = $screen;
	complain($c, "status $status") if $status != 200 || !defined $kind;
	$c->{read} .= $screen;
	if ($kind eq 'END') {
		complain($c, 'no reference') if $c->{read} !~ /\bProcesso [A-Z2-9]{4,}/;
		print $screens $c->{container} ne '' ? $c->{way} : 'none', " $c->{steps}\n";
		return 0;
	}
	complain($c, 'too many steps') if $c->{steps} >= $most_steps;
	my $key = choose($c) // complain($c, 'what would she key?');
	$c->{text} .= ($c->{text} eq '' ? '' : '*') . $key;
	return 1;
}

sub go {
	my $select = IO::Select->new;
	my %of;
	for my $c (@callers) {
		ask($c);
		$select->add($c->{socket});
		$of{ $c->{socket} } = $c;
	}
	while ($select->count) {
		my @ready = $select->can_read(10) or die "no answer in 10 s\n";
		for my $socket (@ready) {
			my $c = $of{$socket};
			next if sysread $socket, $c->{answer}, 65536, length $c->{answer};
			$select->remove($socket);
			delete $of{$socket};
			close $socket;
			next if !answered($c);
			ask($c);
			$select->add($c->{socket});
			$of{ $c->{socket} } = $c;
		}
	}
	@callers = ();
}

my $reports = 0;
open $screens, '>', "$ARGV[0].screens" or die "$ARGV[0].screens: $!\n";
open my $plan, '<', $ARGV[0] or die "$ARGV[0]: $!\n";
while (<$plan>) {
	chomp;
	my ($what, @rest) = split /\t/, $_, -1;
	if ($what eq 'clock') {
		sql("UPDATE city_clock SET offset_ = interval '1 second' * ($rest[0] - extract(epoch FROM clock_timestamp())); NOTIFY baraza_clock");
	} elsif ($what eq 'close') {
		sql("SELECT count(ticket_change(id, 'fixed', 'replay', NULL)) FROM ticket WHERE container = $rest[0] AND kind = '$rest[1]'"
			. " AND state IN ('open', 'assigned', 'in_progress')", 1);
	} elsif ($what eq 'report') {
		my %c;
		@c{qw(id number way kind district quarter container words)} = @rest;
		@c{qw(session text read steps typed)} = ("maputo-$c{id}", '', '', 0, 0);
		$c{plain_quarter} = plain($c{quarter});
		$c{plain_district} = plain($c{district});
		$c{letters} = substr $c{quarter}, 0, 6;
		push @callers, \%c;
		$reports++;
	} else {
		go();
	}
}
printf "%d reports, %d screens, %.1f a report, the slowest after %.0f ms\n", $reports, $steps, $steps / ($reports || 1), $slowest;
