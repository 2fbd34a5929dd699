/**
 * What the elemental operator has said before its lines were kept: of each inventory when it registered and when it is looked
 * at though nothing has changed, and of images. Source: rancher/elemental-operator, controllers. What it says of plans that
 * wait or fail is for debugging, and not heard.
 */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { KubeObject } from '../../../api/types.ts';
import { all, chance, latest, type Run, records, timeOf } from '../run.ts';
import type { Recorded } from '../told-events.ts';
import { type Reconciled, says } from './reconciling.ts';

/** How often controller-runtime looks at everything, ms, unless it is told. */
const period = 36_000_000;
/** Between two of many that are looked at, ms. */
const apart = 9;

const aboutOf = ({ metadata: { name, namespace = '' } }: KubeObject, kind: string): Reconciled => ({
  ...{ controller: kind.toLowerCase(), group: 'elemental.cattle.io', kind, namespace, name },
});

/** The lines of its controllers; `led`: since when it leads. */
export function elementalOperator(run: Run, _events: readonly Recorded[], led: number): LogLine[] {
  const hosts = latest(run, 'machineinventories');
  const rounds = Math.floor((run.until - led) / period);
  // The last of them alone: each tells of all hosts.
  const looks = rounds > 0 && hosts.length <= 400 ? [0, rounds] : [rounds];
  return [
    ...hosts.flatMap((host) => registered(host, run)),
    ...looks.flatMap((round) => lookedAtAll(run, led + round * period)),
    ...all(run, 'seedimages').flatMap((image) => built(image)),
  ];
}

/** What it says when it looks at everything, as it does when it has begun. */
export function lookedAtAll(run: Run, since: number): LogLine[] {
  const found = [
    ...all(run, 'machineregistrations').map((one) => ({ one, kind: 'MachineRegistration', line: 100 })),
    ...all(run, 'seedimages').map((one) => ({ one, kind: 'SeedImage', line: 121 })),
  ];
  return [
    ...found.map(({ one, kind, line }, at) => {
      const place = `${kind.toLowerCase()}_controller.go:${line}`;
      return says(aboutOf(one, kind), since + 640 + at * apart, place, `Reconciling ${kind.toLowerCase()} object`);
    }),
    ...latest(run, 'machineinventories').flatMap((host, at) => looked(host, since + 700 + at * apart)),
  ];
}

const file = 'machineinventory_controller.go';
const reconciling = 'Reconciling machineinventory object';

/** One that was there when all were looked at. */
function looked(host: KubeObject, at: number): LogLine[] {
  const about = aboutOf(host, 'MachineInventory');
  if (timeOf(host.metadata.creationTimestamp) > at) return [];
  const plan = host.status?.['plan'] as { state?: string } | undefined;
  const turn = String(at);
  return [
    says(about, at, `${file}:143`, reconciling, { turn }),
    ...(plan?.state === 'Applied' ? [says(about, at + 2, `${file}:395`, 'Plan successfully applied', { turn })] : []),
  ];
}

/** One that came while it ran. */
function registered(host: KubeObject, run: Run): LogLine[] {
  const about = aboutOf(host, 'MachineInventory');
  const at = timeOf(host.metadata.creationTimestamp) + chance(host.metadata.uid ?? '').integer(40, 600);
  if (at < run.since) return [];
  const turn = String(at);
  return [
    says(about, at - 30, `${file}:143`, reconciling),
    says(about, at, `${file}:143`, reconciling, { turn }),
    says(about, at + 9, `${file}:362`, 'Plan secret created', { turn }),
  ];
}

function built(image: KubeObject): LogLine[] {
  const about = aboutOf(image, 'SeedImage');
  const times = records(image.status?.['conditions']).map((one) => timeOf(one['lastTransitionTime']));
  return [...new Set(times.filter((at) => !Number.isNaN(at)))].map((at) =>
    says(about, at + 200, 'seedimage_controller.go:121', 'Reconciling seedimage object'),
  );
}
