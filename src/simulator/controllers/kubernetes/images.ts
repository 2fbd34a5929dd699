/**
 * Images as a container runtime names and pulls them, and which cannot be pulled. No registry is asked: any name may be one of
 * a registry of somebody's own whose images nobody knows, but those that say of themselves that they are nowhere, and those of Docker Hub that never
 * were, or whose publisher nobody knows. Words: containerd's resolver, and k8s.io/kubernetes/pkg/kubelet/images.
 */

import { digest } from '../digest.ts';
import type { Container, ContainerState } from './shapes.ts';

/** An image as a container runtime names it: with its registry and its tag. */
export function fullImage(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const home = rest.length === 0 ? 'docker.io/library/' : /[.:]|^localhost$/.test(first) ? '' : 'docker.io/';
  const tag = /[:@][^/]*$/.test(image) ? '' : ':latest';
  return `${home}${image}${tag}`;
}

/** An image by its content, as it is told once it is there. */
export const imageID = (image: string): string =>
  `${fullImage(image).replace(/[:@][^/]*$/, '')}@sha256:${digest(fullImage(image))}`;

/** How a pulled image is told: its time and its size, which the same image always has. */
export function pulled(image: string, ms: number): string {
  const took = goTime(ms * 0.8);
  return `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${imageSize(image)} bytes.`;
}

/** A time as Go writes it, to the millisecond. */
const goTime = (ms: number): string => (ms < 1000 ? `${Math.max(1, Math.floor(ms))}ms` : `${Math.floor(ms) / 1000}s`);

/** How long it takes, ms, to hear of a registry that what it has is there already: no two times the same. */
export const askedAgain = (key: string): number => 400 + (Number.parseInt(digest(key).slice(0, 6), 16) % 1400);

/** The same of an image that was there when its turn came: the runtime has only looked for it. */
export function alsoPulled(image: string, ms: number): string {
  const looked = 40 + (Number.parseInt(digest(`${image}/${ms}`).slice(0, 4), 16) % 80);
  return pulled(image, ms).replace(/ in \S+ /, ` in ${looked}ms `);
}

/** Megabytes of what every cluster runs, as registries hold it: about, as each release differs a little. */
const megabytes: Readonly<Record<string, number>> = {
  // Some of Docker Hub's.
  alpine: 3.8,
  busybox: 2.2,
  curl: 10,
  debian: 48,
  httpd: 45,
  memcached: 32,
  mysql: 250,
  nginx: 72,
  perl: 340,
  postgres: 155,
  python: 380,
  redis: 45,
  ubuntu: 30,
  ...{ 'kube-apiserver': 28.7, 'kube-controller-manager': 26.4, 'kube-scheduler': 20.7, 'kube-proxy': 30.9 },
  ...{ coredns: 18.6, etcd: 57.7, 'kube-ovn': 214.2, 'sim-alive': 7.3 },
};

/** Bytes of an image as it is pulled: the same image always has the same. */
export function imageSize(image: string): number {
  const full = fullImage(image);
  const chance = Number.parseInt(digest(full).slice(0, 7), 16);
  const known = megabytes[/([^/:@]+)[:@][^/]*$/.exec(full)?.[1] ?? ''];
  if (known !== undefined) return Math.floor(known * 980_000) + (chance % Math.floor(known * 40_000));
  return 2_000_000 + (chance % 180_000_000);
}

/** What a kubelet says of an image that it need not pull. */
export const present = (image: string): string => `Container image "${image}" already present on machine`;

/** Docker Hub's official images, with the newest version of those whose numbers are well known. */
const OFFICIAL = new Map<string, string | undefined>(
  `adminer:5 alpine:3.23 amazonlinux:2023 bash:5 buildpack-deps busybox:1.37 caddy:2 cassandra:5 centos:8 clojure composer:2
  consul:1 couchdb:3 debian:13 docker:29 drupal:11 eclipse-temurin:25 elasticsearch:9 elixir:1 erlang:28 fedora:44 flink:2
  gcc:15 ghost:6 golang:1.26 gradle:9 groovy:5 haproxy:3 haskell:9 hello-world httpd:2.4 influxdb:3 jenkins:2 jetty:12
  joomla:6 julia:1 kibana:9 kong:3 logstash:9 mariadb:12 maven:3 memcached:1 mongo:8 mysql:9 nats:2 neo4j nextcloud:33
  nginx:1.29 node:25 openjdk:27 perl:5 php:8 postgres:18 python:3.15 rabbitmq:4 redis:8 registry:3 rockylinux:9 ruby:4
  rust:1 solr:9 sonarqube swift:6 telegraf:1 tomcat:11 traefik:3 ubuntu:26 vault:1 wordpress:6 zookeeper:3`
    .split(/\s+/)
    .map((one): [string, string | undefined] => [one.replace(/:.*/, ''), one.split(':')[1]]),
);
const TAG =
  /^(latest|stable|mainline|alpine|slim|edge|rolling|lts|current|devel|unstable|nightly|rc|glibc|musl|uclibc|perl|linux|bookworm|bullseye|trixie|jammy|noble|focal|management|apache|fpm|cli|\d)/;
/** Who is known to publish on Docker Hub. */
const PUBLISHERS = new Set(
  `library aquasec argoproj bitnami bitnamilegacy calico cilium curlimages datadog elastic envoyproxy fluent flannel goharbor
  grafana hashicorp istio jaegertracing jenkins jimmidyson kindest kong kubeovn kubernetesui library linuxserver longhornio
  metallb minio nginxdemos nginxinc nicolaka oliver006 openpolicyagent openresty otel percona portainer prom rancher
  sonatype temporalio traefik velero victoriametrics vmware weaveworks wiremock yauritux alpine amazon apache appropriate
  bash containous docker ealen gcr google hashicorpdemoapp ibmcom kennethreitz mccutchen mendhak mysql networkstatic
  nvidia opensearchproject paulbouwer polinux postgis prometheus stefanprodan timescale wbitt`.split(/\s+/),
);
/** Names that are given to what is not there. */
const NOWHERE =
  /(does-?not-?exist|doesnt-?exist|non-?exist(ing|ent)|not-?(found|there|real)|no-?such|missing|invalid|bogus|broken|wrong|typo|nope|fake)/i;

export interface PullFailure {
  /** `ErrImagePull`, what stands in the way of even trying, or of beginning with the image there. */
  reason: 'ErrImagePull' | 'ErrImageNeverPull' | 'InvalidImageName' | 'CreateContainerConfigError';
  message: string;
}

/** Why an image cannot be pulled; undefined where it can. `has`: whether its registry has it, where that is known. */
export function pullFailure(
  image: string,
  has: (image: string) => boolean | undefined = () => undefined,
): PullFailure | undefined {
  const [, repository = image, tag = 'latest'] = /^(.*?)(?::([^/:@]+))?(?:@[^/]*)?$/.exec(image) ?? [];
  if (/[A-Z]/.test(repository) || !/^[\w.:/@-]+$/.test(image)) {
    const path = repository.includes('/') ? repository : `library/${repository}`;
    const why = /[A-Z]/.test(repository) ? `: repository name (${path}) must be lowercase` : '';
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format${why}`;
    return { reason: 'InvalidImageName', message };
  }
  const full = fullImage(image);
  const [host = '', ...steps] = full.replace(/[:@][^/]*$/, '').split('/');
  const path = steps.join('/');
  const failed = (code: string, why: string): PullFailure => ({
    reason: 'ErrImagePull',
    message: `rpc error: code = ${code} desc = failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${why}`,
  });
  const request = `failed to do request: Head "https://${host}/v2/${path}/manifests/${tag}": dial tcp`;
  if (/^(localhost|127\.0\.0\.1)(:|$)/.test(host)) {
    const port = host.split(':')[1] ?? '443';
    return failed('Unknown', `${request} 127.0.0.1:${port}: connect: connection refused`);
  }
  const name = host.replace(/:\d+$/, '');
  if (name.endsWith('.invalid') || NOWHERE.test(name)) {
    return failed('Unknown', `${request}: lookup ${name} on 10.1.0.53:53: no such host`);
  }
  const denied = () =>
    failed(
      'Unknown',
      'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    );
  if (host === 'docker.io' && (NOWHERE.test(path) || !(steps.length > 1 && PUBLISHERS.has(steps[0]!)))) return denied();
  const held = has(image);
  if (held === true) return undefined;
  if (held === false || NOWHERE.test(path) || NOWHERE.test(tag)) return failed('NotFound', `${full}: not found`);
  if (host !== 'docker.io' || steps[0] !== 'library' || image.includes('@')) return undefined;
  const [, official = ''] = steps;
  if (!OFFICIAL.has(official)) return denied();
  return TAG.test(tag) && !isBeyond(tag, OFFICIAL.get(official)) ? undefined : failed('NotFound', `${full}: not found`);
}

/** Whether a tag names a version later than the newest: `1.999` of `1.29`. */
function isBeyond(tag: string, newest: string | undefined): boolean {
  const numbers = (text: string) => (/^\d+(\.\d+)*/.exec(text)?.[0] ?? '').split('.').filter(Boolean).map(Number);
  const asked = numbers(tag);
  if (newest === undefined) return false;
  for (const [at, most] of numbers(newest).entries()) {
    if (asked[at] === undefined || asked[at] < most) return false;
    if (asked[at] > most) return true;
  }
  return false;
}

/** How long a failed pull is left alone, ms: doubled each time; and how often a kubelet looks. */
const rest = { first: 10_000, most: 300_000 };
const looks = 4000;

/** Whether, at `now`, the last of the attempts since `due` has just failed or is being waited upon, and when that changes. */
export function attempts(due: number, now: number): { waits: boolean; again: number } {
  let at = due;
  for (let pause = rest.first; ; pause = Math.min(rest.most, pause * 2)) {
    const next = at + pause + looks;
    if (now < next) {
      const waits = at + Math.min(pause, 12_000);
      return now < waits ? { waits: false, again: waits } : { waits: true, again: next };
    }
    at = next;
  }
}

/** What is told of a container whose image is not there. */
export function unpulled({ image }: Container, { reason, message }: PullFailure, waits: boolean): ContainerState {
  if (reason !== 'ErrImagePull') return { waiting: { reason, message } };
  if (!waits) return { waiting: { reason, message } };
  const more = `Back-off pulling image "${image}": ${reason}: ${message}`;
  return { waiting: { reason: 'ImagePullBackOff', message: more } };
}
