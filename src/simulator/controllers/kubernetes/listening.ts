/** On which ports the program of a container listens: of what is well known; of other programs nobody can say. */

import { digest } from '../digest.ts';
import { fullImage } from './images.ts';
import type { Container } from './shapes.ts';
import { SHELL, SHELLS } from './shells.ts';

/** Ports of images as they are without any settings, by the last part of their name. */
const PORTS: Readonly<Record<string, readonly number[]>> = {
  ...{ nginx: [80], httpd: [80], caddy: [80, 443, 2019], traefik: [80], 'nginx-unprivileged': [8080], haproxy: [] },
  ...{ redis: [6379], memcached: [11_211], mysql: [3306, 33_060], mariadb: [3306], postgres: [5432], mongo: [27_017] },
  ...{ rabbitmq: [4369, 5672, 15_692, 25_672], tomcat: [8080], jetty: [8080], registry: [5000], consul: [8500, 8600] },
  ...{
    vault: [8200],
    influxdb: [8086],
    elasticsearch: [9200, 9300],
    zookeeper: [2181, 8080],
    nats: [4222, 6222, 8222],
  },
  pause: [],
};
/** What is started by its name, or with flags alone, is what the image holds. */
const OWN =
  /^(-|nginx$|httpd|redis-server$|postgres$|mysqld$|mongod$|memcached$|rabbitmq-server$|caddy$|docker-entrypoint)/;

/** The name of what an image holds: `nginx` of `docker.io/library/nginx:1.29`. */
export const programOf = (image: string): string => /([^/:@]+)(?:[:@][^/]*)?$/.exec(fullImage(image))?.[1] ?? '';

/** Whether a container is known to do nothing but what its shell's command says. */
export const isScript = ({ image, command = [], args = [] }: Container): boolean => {
  const [program = ''] = [...command, ...args];
  return program === ''
    ? SHELLS.test(image)
    : SHELL.test(program) || /(^|\/)(sleep|tail|cat|true|false|echo)$/.test(program);
};

/** The ports; undefined where nobody can say. */
export function listensOn(container: Container): readonly number[] | undefined {
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  if (isScript(container)) {
    const script = words.join(' ');
    const server = /\b(?:http\.server|httpd\b.*?-p|nc\b.*?-l\w*(?:\s+-p)?|--port[= ]|--listen[= ]:?)\s*(\d+)/.exec(
      script,
    );
    if (server) return [Number(server[1])];
    return /\b(nc|httpd|python3?|node|java|socat|nginx|server|serve)\b/.test(script) ? undefined : [];
  }
  const [program = ''] = words;
  const known = PORTS[programOf(container.image)];
  if (!known || (program !== '' && !OWN.test(program.replace(/^.*\//, '')))) return undefined;
  const configured = /--port[= ](\d+)/.exec(words.join(' '));
  if (configured) return [Number(configured[1])];
  // What is mounted over its settings may have it listen anywhere.
  const isSet = (container.volumeMounts ?? []).some(({ mountPath }) => /conf|\/etc\//.test(mountPath));
  return isSet ? undefined : known;
}

/** How long well-known programs take until they listen, ms; those that are not here are there at once. */
const TAKES: Readonly<Record<string, number>> = {
  ...{
    mysql: 14_000,
    mariadb: 8000,
    postgres: 2600,
    mongo: 1900,
    rabbitmq: 7000,
    influxdb: 2200,
    elasticsearch: 22_000,
  },
  ...{ tomcat: 2800, jetty: 1400, zookeeper: 2400, consul: 1800, vault: 1300, coredns: 1300 },
  ...{ 'cni-server': 3200, 'kube-ovn-controller': 7600, 'kube-ovn-monitor': 2000, pinger: 2500 },
};
/** Of a program that nobody knows, at least and at most. */
const own = { least: 300, more: 1700 };

/** How long after its container began a program listens, ms: as long each time. */
export function listensAfter(container: Container): number {
  if (isScript(container)) return 0;
  const program = programOf(container.image);
  const known = TAKES[program === 'kube-ovn' ? container.name : program];
  if (known !== undefined) return known;
  if (PORTS[program]) return 0;
  return own.least + (Number.parseInt(digest(container.image).slice(0, 4), 16) / 0xffff) * own.more;
}
