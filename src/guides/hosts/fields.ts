/** What may be entered into the line of more hosts, field by field, with examples taken from the fleet at hand. */
import type { Fleet, ObjectRef } from '../../domain/fleet/rows.ts';
import { prefixOf, registrationOf, waitingHosts } from './arrivals.ts';
import { FIELD_NAMES, type FieldName, offeredLine } from './line.ts';

export interface Field {
  name: FieldName;
  /** What it is for and what may stand behind its `=`, as a phrase with an example. */
  says: string;
  /** What there is to be entered; names of a `list` are put behind each other with commas. */
  values: readonly string[];
  list?: boolean;
}

/** So many names are said: the rest is gone through by the arrows. */
const SAID = 2;

const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

/** `names=w-{4}`: what the braces do, told with the names that would be given. */
function counted(pattern: string): string {
  const [, stem = '', from = ''] = /^(.*)\{(\d+)\}/.exec(pattern) ?? [];
  const next = String(Number(from) + 1).padStart(from.length, '0');
  return `hostnames: ${stem}{${from}} counts on (${stem}${from}, ${stem}${next}, ...), or all of them, with commas`;
}

/** The fields, in the order in which they are offered. `target`: what the hosts are for. */
export function fieldsOf(fleet: Fleet, target: ObjectRef): Field[] {
  const waiting = names(waitingHosts(fleet, prefixOf(fleet, target)));
  const pools = names(fleet.pools.list);
  const workers = fleet.groups.list.filter(({ controlPlane }) => !controlPlane);
  const own = target.kind === 'pool' ? fleet.pools.byUid.get(target.uid)?.name : undefined;
  const groups = names(own === undefined ? workers : workers.filter(({ pool }) => pool === own));
  const registrations = names(fleet.registrations.list);
  const offered = /(?:^| )names=(\S+)/.exec(offeredLine(fleet, target))?.[1] ?? 'worker-{1}';
  const registered = registrationOf(fleet, target)?.name;
  const which = waiting.length > 0 ? `, or which: hosts=${waiting.slice(0, SAID).join(',')}` : '';
  const such = (name: string, list: readonly string[], otherwise: string) => `${name}=${list[0] ?? otherwise}`;
  const fields: Record<FieldName, Omit<Field, 'name'>> = {
    hosts: { says: `how many: hosts=${waiting.length || 3}${which}`, values: waiting, list: true },
    registration: {
      says: `by which they register, made where it is not there: ${such('registration', registrations, 'rack7-registration')}${registered === undefined ? '' : `; without it ${registered}`}`,
      values: registrations,
    },
    tpm: { says: 'of a registration that is made: real or emulated, as tpm=real', values: ['real', 'emulated'] },
    device: { says: 'of a registration that is made: the disk to install on, as device=/dev/sda', values: [] },
    image: { says: 'image=rebuild builds the ISO anew, whether or not there is one', values: ['rebuild'] },
    pool: {
      says: `which they go into: ${such('pool', own === undefined ? pools : [own], 'NAME')}; without it they register, and no more`,
      values: pools,
    },
    names: { says: counted(offered), values: [offered] },
    group: {
      says:
        groups.length > 0
          ? `which gets a machine more for each: ${such('group', groups, 'NAME')}; without it nothing is scaled`
          : 'which gets a machine more for each; none takes its workers from here',
      values: groups,
    },
    replicas: { says: 'machines of the group in the end, where not one for each: as replicas=8', values: [] },
  };
  return FIELD_NAMES.map((name) => ({ name, ...fields[name] }));
}
