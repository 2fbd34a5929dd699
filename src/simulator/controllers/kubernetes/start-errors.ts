/** Containers that cannot even begin: of images whose programs are well known, one that is told to run what is not there. */

import { fullImage } from './images.ts';
import { programOf } from './listening.ts';
import type { Container } from './shapes.ts';
import { SHELLS } from './shells.ts';

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
  watch wc wget which who whoami xargs xxd yes zcat
  ab apachectl gosu htpasswd httpd-foreground memcached nginx-debug redis-benchmark redis-check-aof redis-check-rdb
  redis-sentinel rotatelogs setpriv`.split(/\s+/),
);
const OTHERS = /^(nginx|httpd|redis|memcached)(-|$)/;
/** What lies in the root of such an image, beside what begins it: directories, and nothing that could be run. */
const ROOT =
  /^\/(bin|boot|data|dev|etc|home|lib\d*|lost\+found|media|mnt|opt|proc|root|run|s?bin|srv|sys|tmp|usr|var)$/;
/** An image of Docker's own library: nobody has put anything of his own into it. */
const LIBRARY = /^docker\.io\/library\//;

/** The runtime's words on a container that it cannot begin; undefined where it can, as far as can be said. */
export function startError({ image, command = [], args = [], volumeMounts = [] }: Container): string | undefined {
  const isShell = SHELLS.test(image);
  if (!isShell && !OTHERS.test(programOf(image))) return undefined;
  // Images of a shell have nothing that would take arguments.
  const [program] = command.length > 0 ? command : isShell ? args : [];
  if (program === undefined || program.startsWith('-') || program.includes('$(')) return undefined;
  const name = program.replace(/^(\/usr)?(\/local)?\/s?bin\//, '');
  const isMounted = volumeMounts.some(({ mountPath }) => mountPath.replace(/(.)\/+$/, '$1') === program);
  // Straight below the root they have nothing, whatever else an image may have somewhere.
  const isInRoot = /^\/[^/]+$/.test(program) && LIBRARY.test(fullImage(image)) && !ROOT.test(program) && !isMounted;
  if (PROGRAMS.has(name) || /^\/?(docker-|entrypoint\.sh$)/.test(name)) return undefined;
  if (name.includes('/') && !program.startsWith('/bin') && !isInRoot) return undefined;
  const why = program.includes('/')
    ? `stat ${program}: no such file or directory`
    : 'executable file not found in $PATH';
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: ${JSON.stringify(program)}: ${why}: unknown`;
}
