/** Containers that cannot even begin: of images whose programs are well known, one that is told to run what is not there. */

import { SHELLS } from './container-life.ts';
import { programOf } from './listening.ts';
import type { Container } from './shapes.ts';

/** What such images have: busybox, coreutils and what lies beside them. More than any one of them has. */
const PROGRAMS = new Set(
  `[ [[ adduser apk apt apt-get arch arping ash awk base32 base64 basename bash bc cal cat chgrp chmod chown chroot cksum clear
  cmp comm cp cpio crond crontab curl cut date dc dd df diff dirname dmesg dnsdomainname dpkg du echo ed egrep env expand expr
  factor fallocate false fgrep find flock fold free fsync ftpget ftpput fuser getconf getopt git grep groups gunzip gzip head
  hexdump host hostid hostname httpd id ifconfig init install iostat ip ipcalc java join kill killall less link ln logger
  login logname ls lsof lspci lsusb make md5sum mesg mkdir mkfifo mknod mktemp more mount mountpoint mv nc netcat netstat
  nginx nice nl node nohup nologin npm nproc nslookup ntpd od openssl passwd paste perl pgrep php pidof ping ping6 pip pip3
  pkill printenv printf ps pwd python python3 readlink realpath redis-cli redis-server renice reset rev rm rmdir route ruby
  sed seq setsid sh sha1sum sha256sum sha512sum shred shuf sleep socat sort split stat strings stress stty su sum swapoff
  sync sysctl syslogd tac tail tar tcpdump tee telnet telnetd test tftp time timeout top touch tr traceroute true truncate
  tsort tty udhcpc umount uname uncompress unexpand uniq unlink unzip uptime users usleep uudecode uuencode vi vim vmstat
  watch wc wget which who whoami xargs xxd yes zcat`.split(/\s+/),
);
const OTHERS = /^(nginx|httpd|redis|memcached)(-|$)/;

/** The runtime's words on a container that it cannot begin; undefined where it can, as far as can be said. */
export function startError({ image, command = [], args = [] }: Container): string | undefined {
  const isShell = SHELLS.test(image);
  if (!isShell && !OTHERS.test(programOf(image))) return undefined;
  // Images of a shell have nothing that would take arguments.
  const [program] = command.length > 0 ? command : isShell ? args : [];
  if (program === undefined || program.startsWith('-') || program.includes('$(')) return undefined;
  const name = program.replace(/^(\/usr)?(\/local)?\/s?bin\//, '');
  if (PROGRAMS.has(name) || name.startsWith('docker-') || (name.includes('/') && !program.startsWith('/bin')))
    return undefined;
  const why = program.includes('/')
    ? `stat ${program}: no such file or directory`
    : 'executable file not found in $PATH';
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: ${JSON.stringify(program)}: ${why}: unknown`;
}
