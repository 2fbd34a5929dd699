/** As whom a container runs, as its runtime tells: what its Pod asks for, or else its image, of which little is known. */

import { fullImage } from './images.ts';
import { programOf } from './listening.ts';
import type { Container, WorkPod } from './shapes.ts';

interface Context {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  fsGroup?: number;
  supplementalGroups?: number[];
}

/** Programs whose images name somebody else than root. */
const NOBODY: Readonly<Record<string, number>> = { coredns: 65_532 };
/** In which groups root is, by what an image is made of. */
const GROUPS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/alpine/, [0, 1, 2, 3, 4, 6, 10, 11, 20, 26, 27]],
  [/\bbusybox\b/, [0, 10]],
];

/** `status.user` of a container. Source: containerd, internal/cri/server, toCRIContainerUser. */
export function userOf(container: Record<string, unknown>, ofPod: unknown): object {
  const pod = (ofPod ?? {}) as Context;
  const own = { ...pod, ...(container['securityContext'] as Context | undefined) };
  const image = String(container['image'] ?? '');
  const known = NOBODY[programOf(image)] ?? 0;
  const uid = own.runAsUser ?? known;
  const gid = own.runAsGroup ?? (own.runAsUser === undefined ? known : 0);
  const ofImage = uid === 0 ? (GROUPS.find(([of]) => of.test(image))?.[1] ?? []) : [];
  const asked = [...(pod.supplementalGroups ?? []), ...(pod.fsGroup === undefined ? [] : [pod.fsGroup])];
  const supplementalGroups = [...new Set([gid, ...ofImage, ...asked])].sort((a, b) => a - b);
  return { linux: { gid, supplementalGroups, uid } };
}

/** Images of Docker's own library that begin as root, whomever they turn into afterwards; none of them names anybody. */
const ROOTED = new Set(
  `alpine amazonlinux bash buildpack-deps busybox caddy centos composer consul couchdb debian docker drupal
  eclipse-temurin erlang fedora gcc ghost golang haskell httpd influxdb joomla julia mariadb maven mongo mysql nats nextcloud
  nginx node openjdk perl php postgres python rabbitmq redis registry rockylinux ruby rust swift tomcat traefik ubuntu vault
  wordpress zookeeper`
    .split(/\s+/)
    .map((name) => `library/${name}`),
);
/** Images that name somebody by name: of such a name nobody knows whether it is root. */
const NAMED: Readonly<Record<string, string>> = {
  ...{
    'library/adminer': 'adminer',
    'library/jetty': 'jetty',
    'library/memcached': 'memcache',
    'library/solr': 'solr',
  },
  ...{ 'curlimages/curl': 'curl_user', 'prom/alertmanager': 'nobody', 'prom/node-exporter': 'nobody' },
  'prom/prometheus': 'nobody',
};

/**
 * Why a kubelet does not make a container that must not run as root; undefined where it may, or nothing is known of its image.
 * Source: k8s.io/kubernetes, pkg/kubelet/kuberuntime/security_context_others.go, verifyRunAsNonRoot.
 */
export function rootRefusal({ metadata, spec }: WorkPod, container: Container): string | undefined {
  const given = { ...(spec['securityContext'] as Context), ...(container['securityContext'] as Context | undefined) };
  if (given.runAsNonRoot !== true || (given.runAsUser ?? 0) !== 0) return undefined;
  const { name, namespace, uid } = metadata;
  const where = `(pod: "${name}_${namespace}(${uid})", container: ${container.name})`;
  if (given.runAsUser === 0) return `container's runAsUser breaks non-root policy ${where}`;
  const [, path = ''] = /^docker\.io\/([^:@]+)/.exec(fullImage(container.image)) ?? [];
  if (ROOTED.has(path)) return `container has runAsNonRoot and image will run as root ${where}`;
  const user = NAMED[path];
  if (user === undefined) return undefined;
  return `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`;
}
