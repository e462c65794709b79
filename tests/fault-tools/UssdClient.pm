# SPDX-License-Identifier: GPL-3.0-or-later
#
# UssdClient.pm - requests to the gateway's listener, well-formed or not, byte by byte, for tests/fault/ussd-*.
package UssdClient;
use strict;
use warnings;
use Exporter 'import';
use Socket;
our @EXPORT = qw(opened raw post form step screen failed expect);

our $address;             # "127.0.0.1:PORT" or "unix:PATH"
our $from = '127.0.0.1';  # of TCP: where it comes from
my $faults = 0;

$SIG{PIPE} = 'IGNORE';

# A connection; dies when there is none.
sub opened {
	my ($host, $port) = $address =~ /^([\d.]+):(\d+)$/;
	my $to = $host ? sockaddr_in($port, inet_aton($host)) : sockaddr_un($address =~ s,^unix:,,r);
	socket(my $s, $host ? AF_INET : AF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
	$host and bind($s, sockaddr_in(0, inet_aton($from))) || die "$from: $!\n";
	connect($s, $to) or die "$address: $!\n";
	return $s;
}

# Everything that comes back on a connection of its own, '' when it is closed without a word.
sub raw {
	my ($bytes) = @_;
	my $s = opened();
	my $said = '';
	local $SIG{ALRM} = sub { die "no answer in 30 s\n" };
	alarm 30;
	for (my $at = 0; $at < length $bytes;) { $at += syswrite($s, $bytes, 65536, $at) || last }
	while (sysread $s, $said, 65536, length $said) { }
	alarm 0;
	return $said;
}

# A POST of that body; type and further headers may be given.
sub post {
	my ($path, $body, $type, @headers) = @_;
	$type //= 'application/x-www-form-urlencoded';
	return raw(join "\r\n", "POST $path HTTP/1.1", 'Host: x', 'Connection: close', $type ne '' ? "Content-Type: $type" : (),
		'Content-Length: ' . length $body, @headers, '', $body);
}

sub encoded { return shift =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger }

# A form's body of name, value, ...
sub form {
	my @pairs;
	while (my ($name, $value) = splice @_, 0, 2) {
		push @pairs, "$name=" . encoded($value);
	}
	return join '&', @pairs;
}

# A good step of a session at the way's path.
sub step {
	my ($path, $session, $number, $text) = @_;
	return post($path, form(sessionId => $session, phoneNumber => $number, networkCode => '63510', serviceCode => '*384#',
		text => $text));
}

sub screen { return (shift =~ /\r\n\r\n(.*)\z/s)[0] // '' }

sub failed {
	print "FAIL: @_\n";
	exit 1 if ++$faults >= 5;
}
END { $? = 1 if $faults && !$? }

# expect WHAT ANSWER STATUS [WORDS]: patterns of the status and of the body.
sub expect {
	my ($what, $answer, $status, $words) = @_;
	my $shown = substr $answer =~ s/[\r\n]+/ | /gr, 0, 300;
	my ($got) = $answer =~ m,^HTTP/1\.[01] (\d+) ,;
	failed("$what: no HTTP answer, but \"$shown\""), return if !defined $got;
	failed("$what: status $got, not $status: $shown") if $got !~ /^(?:$status)$/;
	failed("$what: not /$words/: $shown") if defined $words && screen($answer) !~ $words;
}

1;
