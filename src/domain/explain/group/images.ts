/** Machines of a group that get no plan, because their image is not known. */
import { falseCondition } from '../../conditions.ts';
import { annotationOf, baremetalRef, conditionOf, fieldOf } from '../evidence.ts';
import type { GroupFacts } from '../facts.ts';
import { clusterRef, refTo } from '../lookup.ts';
import { describe, kubectl, open, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';
import { waitingMachines } from './words.ts';

const REGISTRY = 'cpaas.io/registry-address';

function waiting({ machines }: GroupFacts, reason: (text: string | undefined) => boolean) {
  return machines.flatMap((row) => {
    const condition =
      row.baremetal?.deleting === undefined ? falseCondition(row.baremetal?.conditions, 'ImageResolved') : undefined;
    return condition && reason(condition.reason) ? [{ row, condition }] : [];
  });
}

const isMiss = (reason: string | undefined) => reason === 'ImageCatalogMiss';
const isRegistry = (reason: string | undefined) => reason === 'ImageRegistryMissing';
const isOther = (reason: string | undefined) => !isMiss(reason) && !isRegistry(reason);

const evidenceOf = (found: ReturnType<typeof waiting>) =>
  found.slice(0, 3).map(({ row, condition }) => conditionOf(baremetalRef(row), condition));

export const catalogMiss: Failure<GroupFacts> = {
  id: 'image-catalog-miss',
  mode: 'F6',
  test(facts) {
    const [first] = waiting(facts, isMiss);
    if (!first) return undefined;
    return {
      severity: 'bad',
      text: `image catalog has no ${first.row.version ?? 'such version'}`,
      since: first.condition.since,
    };
  },
  tell(facts) {
    const found = waiting(facts, isMiss);
    const version = found[0]?.row.version ?? 'its version';
    const { catalog } = facts.fleet;
    const known = Object.keys(catalog?.images ?? {}).sort();
    return {
      what: `${waitingMachines(found.length, facts.row.name)} for an image: the catalog has no line for ${version}.`,
      evidence: [
        ...evidenceOf(found),
        catalog && fieldOf(refTo(catalog), 'versions it has', known.join(', ') || 'none'),
      ],
      causes: [
        'the version is not one of the published ones, or is misspelt',
        'the images of that version were not imported into the platform registry',
        'the chart that writes the catalog has not been upgraded yet',
      ],
      next: [
        open(catalog && refTo(catalog), 'look at the catalog'),
        { text: 'once the line is there the machines go on by themselves; no plan has been written' },
      ],
      remedies: [catalog && remedy('catalog', refTo(catalog))],
    };
  },
};

export const registryMissing: Failure<GroupFacts> = {
  id: 'image-registry-missing',
  mode: 'F7',
  test(facts) {
    const [first] = waiting(facts, isRegistry);
    return first && { severity: 'bad', text: 'image registry is not known', since: first.condition.since };
  },
  tell(facts) {
    const { row, cluster } = facts;
    const found = waiting(facts, isRegistry);
    const address = cluster?.object.annotations[REGISTRY];
    return {
      what: `${waitingMachines(found.length, row.name)} for an image: neither its cluster nor the platform names a registry.`,
      evidence: [
        ...evidenceOf(found),
        cluster &&
          (address === undefined
            ? fieldOf(clusterRef(cluster), `annotation ${REGISTRY}`, 'not set')
            : annotationOf(clusterRef(cluster), REGISTRY, address)),
      ],
      causes: [
        "the cluster was made without the annotation, and the platform's registry Secret is not there",
        'the Secret was removed or renamed',
      ],
      next: [
        open(cluster && clusterRef(cluster), 'look at the cluster'),
        cluster && {
          text: 'naming the registry lets them go on; it writes',
          command: `${kubectl(cluster.object.namespace, 'annotate', 'cluster', cluster.name)} ${REGISTRY}=REGISTRY`,
        },
      ],
    };
  },
};

/** A reason newer than us. */
export const imageUnresolved: Failure<GroupFacts> = {
  id: 'image-not-resolved',
  test(facts) {
    const [first] = waiting(facts, isOther);
    return (
      first && {
        severity: 'bad',
        text: `image not resolved: ${first.condition.reason ?? 'no reason given'}`,
        since: first.condition.since,
      }
    );
  },
  tell(facts) {
    const found = waiting(facts, isOther);
    return {
      what: `${waitingMachines(found.length, facts.row.name)} for an image that cannot be resolved.`,
      evidence: evidenceOf(found),
      causes: ['what the condition says'],
      next: [
        ...found.slice(0, 1).map(({ row }) => row.baremetal && describe(row.baremetal)),
        open(facts.fleet.catalog && refTo(facts.fleet.catalog), 'look at the catalog'),
      ],
    };
  },
};
