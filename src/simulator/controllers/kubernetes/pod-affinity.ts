/**
 * Where a Pod may be for the sake of other Pods. After k8s.io/kubernetes/pkg/scheduler/framework/plugins, interpodaffinity and
 * podtopologyspread, whose words these are.
 */

import { type LabelSelector, selects } from '../selector.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { takesNode } from './node-affinity.ts';
import type { WorkPod } from './shapes.ts';

interface Term {
  labelSelector?: LabelSelector;
  namespaces?: string[];
  namespaceSelector?: LabelSelector;
  topologyKey: string;
  matchLabelKeys?: string[];
}

interface Terms {
  requiredDuringSchedulingIgnoredDuringExecution?: Term[];
  preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; podAffinityTerm: Term }[];
}

interface Spread {
  maxSkew: number;
  topologyKey: string;
  whenUnsatisfiable: string;
  labelSelector?: LabelSelector;
  minDomains?: number;
  matchLabelKeys?: string[];
}

/** What there is: the Nodes, the Pods that are on them, and the Namespaces. */
export interface Surroundings {
  nodes: readonly Node[];
  placed: readonly WorkPod[];
  namespaces: readonly KubeObject[];
}

const termsOf = (pod: WorkPod, kind: 'podAffinity' | 'podAntiAffinity'): Terms =>
  (pod.spec['affinity'] as Record<string, Terms> | undefined)?.[kind] ?? {};
const required = (pod: WorkPod, kind: 'podAffinity' | 'podAntiAffinity'): Term[] =>
  termsOf(pod, kind).requiredDuringSchedulingIgnoredDuringExecution ?? [];

const inDomain = ({ metadata }: Node, key: string): string | undefined => metadata.labels?.[key];

/** A selector that also asks for the Pod's own values of some labels. */
function narrowed(selector: LabelSelector | undefined, keys: readonly string[] = [], pod: WorkPod) {
  const own = keys.flatMap((key) => {
    const value = pod.metadata.labels?.[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return selector && { ...selector, matchLabels: { ...selector.matchLabels, ...Object.fromEntries(own) } };
}

/** Whether a term of `of` means another Pod. */
function meansPod(term: Term, of: WorkPod, other: WorkPod, namespaces: readonly KubeObject[]): boolean {
  const space = other.metadata.namespace ?? '';
  const { namespaces: named = [], namespaceSelector } = term;
  const own = named.length === 0 && namespaceSelector === undefined;
  const labels = namespaces.find(({ metadata }) => metadata.name === space)?.metadata.labels;
  const here = own
    ? space === of.metadata.namespace
    : named.includes(space) || (namespaceSelector !== undefined && selects(namespaceSelector, labels ?? {}));
  return here && selects(narrowed(term.labelSelector, term.matchLabelKeys, of), other.metadata.labels);
}

/** The values of a label of Nodes where Pods are that `means` picks out. */
function domainsWith(around: Surroundings, key: string, means: (pod: WorkPod) => boolean): Set<string> {
  const found = new Set<string>();
  const nodes = new Map(around.nodes.map((node) => [node.metadata.name, node]));
  for (const pod of around.placed) {
    const node = nodes.get(pod.spec.nodeName ?? '');
    const domain = node && inDomain(node, key);
    if (domain !== undefined && !isOver(pod) && means(pod)) found.add(domain);
  }
  return found;
}

const isOver = ({ status }: WorkPod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

export interface Obstacle {
  why: string;
  /** Whether taking Pods away there would not help. */
  final: boolean;
  /** Whether it keeps the Pod from all Nodes alike. */
  alike?: boolean;
}

/** What stands in a Pod's way for the sake of others, by Node; worked out once for all Nodes. */
export function obstaclesAround(pod: WorkPod, around: Surroundings): (node: Node) => Obstacle | undefined {
  const checks = [...spreads(pod, around), ...affinities(pod, around)];
  return (node) => {
    for (const check of checks) {
      const obstacle = check(node);
      if (obstacle) return obstacle;
    }
    return undefined;
  };
}

type Check = (node: Node) => Obstacle | undefined;

function affinities(pod: WorkPod, around: Surroundings): Check[] {
  const { namespaces } = around;
  const together = required(pod, 'podAffinity').map((term): Check => {
    const domains = domainsWith(around, term.topologyKey, (other) => meansPod(term, pod, other, namespaces));
    // The first of those that want to be with their like may be anywhere.
    const first = domains.size === 0 && meansPod(term, pod, pod, namespaces);
    return (node) => {
      const domain = inDomain(node, term.topologyKey);
      const fits = domain !== undefined && (first || domains.has(domain));
      return fits ? undefined : { why: "node(s) didn't match pod affinity rules", final: true };
    };
  });
  const apart = required(pod, 'podAntiAffinity').map((term): Check => {
    const domains = domainsWith(around, term.topologyKey, (other) => meansPod(term, pod, other, namespaces));
    return (node) =>
      domains.has(inDomain(node, term.topologyKey) ?? '')
        ? { why: "node(s) didn't match pod anti-affinity rules", final: false }
        : undefined;
  });
  const nodes = new Map(around.nodes.map((node) => [node.metadata.name, node]));
  const kept = new Map<string, Set<string>>();
  for (const other of around.placed) {
    if (isOver(other)) continue;
    for (const term of required(other, 'podAntiAffinity')) {
      const home = nodes.get(other.spec.nodeName ?? '');
      const domain = home && inDomain(home, term.topologyKey);
      if (domain === undefined || !meansPod(term, other, pod, namespaces)) continue;
      kept.set(term.topologyKey, (kept.get(term.topologyKey) ?? new Set()).add(domain));
    }
  }
  const others: Check = (node) =>
    [...kept].some(([key, domains]) => domains.has(inDomain(node, key) ?? ''))
      ? { why: "node(s) didn't satisfy existing pods anti-affinity rules", final: false }
      : undefined;
  return [...together, ...apart, ...(kept.size > 0 ? [others] : [])];
}

const spreadsOf = ({ spec }: WorkPod): Spread[] => (spec['topologySpreadConstraints'] ?? []) as Spread[];

/** How many Pods a constraint counts in each of its domains, those with none among them. */
function counted(pod: WorkPod, spread: Spread, { nodes, placed }: Surroundings): Map<string, number> {
  const counts = new Map<string, number>();
  const homes = new Map<string, string>();
  for (const node of nodes) {
    const domain = inDomain(node, spread.topologyKey);
    if (domain === undefined || !takesNode(pod.spec, node)) continue;
    counts.set(domain, 0);
    homes.set(node.metadata.name, domain);
  }
  const selector = narrowed(spread.labelSelector, spread.matchLabelKeys, pod);
  for (const { metadata, spec } of placed) {
    const domain = homes.get(spec.nodeName ?? '');
    if (domain === undefined || metadata.deletionTimestamp || metadata.namespace !== pod.metadata.namespace) continue;
    if (selects(selector, metadata.labels)) counts.set(domain, (counts.get(domain) ?? 0) + 1);
  }
  return counts;
}

function spreads(pod: WorkPod, around: Surroundings): Check[] {
  const hard = spreadsOf(pod).filter(({ whenUnsatisfiable }) => whenUnsatisfiable !== 'ScheduleAnyway');
  const why = "node(s) didn't match pod topology spread constraints";
  return hard.map((spread): Check => {
    const counts = counted(pod, spread, around);
    const least = counts.size < (spread.minDomains ?? 1) ? 0 : Math.min(...counts.values());
    const self = selects(narrowed(spread.labelSelector, spread.matchLabelKeys, pod), pod.metadata.labels) ? 1 : 0;
    return (node) => {
      const domain = inDomain(node, spread.topologyKey);
      if (domain === undefined) return { why: `${why} (missing required label)`, final: true };
      return (counts.get(domain) ?? 0) + self - least > spread.maxSkew ? { why, final: false } : undefined;
    };
  });
}

/** How much a Pod would rather be on a Node for the sake of others: by what it prefers, and away from its like. */
export function preferenceAround(pod: WorkPod, around: Surroundings): (node: Node) => number {
  const scores: ((node: Node) => number)[] = [];
  for (const [kind, sign] of [['podAffinity', 1] as const, ['podAntiAffinity', -1] as const]) {
    for (const one of termsOf(pod, kind).preferredDuringSchedulingIgnoredDuringExecution ?? []) {
      const { weight, podAffinityTerm: term } = one;
      const domains = domainsWith(around, term.topologyKey, (other) => meansPod(term, pod, other, around.namespaces));
      scores.push((node) => (domains.has(inDomain(node, term.topologyKey) ?? '') ? sign * weight : 0));
    }
  }
  for (const spread of spreadsOf(pod).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway')) {
    const counts = counted(pod, spread, around);
    scores.push((node) => -10 * (counts.get(inDomain(node, spread.topologyKey) ?? '') ?? 0));
  }
  return (node) => scores.reduce((sum, score) => sum + score(node), 0);
}
