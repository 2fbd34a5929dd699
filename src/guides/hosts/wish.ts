/** What is wanted, read from the values of an ask against the fleet; or why it cannot be. */
import type { GroupRow, HostRow, ObjectRef, PoolRow, RegistrationRow, SeedImageRow } from '../../domain/fleet/rows.ts';
import { registrationProblem, stemOf } from '../../operations/make-registration.ts';
import { nameProblem } from '../../operations/values.ts';
import type { Ask, Known } from '../contract.ts';
import { imageFor, imageOf, prefixFor, prefixOf, registrationOf, unready, waitingHosts } from './arrivals.ts';
import { FIELD_NAMES, TWICE } from './line.ts';

/** More than stands in a row of racks: what is beyond is a slip of the finger. */
const MOST = 200;

export interface Wish {
  /** How many hosts. */
  count: number;
  /** Those that were named, in their order; empty: whoever registers first. */
  named: readonly string[];
  prefix: string;
  /** The registration that is to be there, and is made where it is not. */
  register?: { name: string; tpm: string; device: string };
  registration?: RegistrationRow;
  image?: SeedImageRow;
  /** Build it again whether or not it can be downloaded. */
  rebuild: boolean;
  /** Absent: they are registered, and nothing else. */
  pool?: PoolRow;
  /** Hostnames in order; shorter than `count`: the rest keep the name of their inventory. */
  hostnames: readonly string[];
  group?: GroupRow;
  /** Machines of the group then; absent: as many as it has, and `count` more. */
  replicas?: number;
}

const commas = (text: string) => text.split(',').filter((part) => part !== '');

/** The hostnames of `depot-w{04}` (counting on from there, as wide) or of a list; a sentence where they are none. */
export function hostnamesOf(text: string, count: number): readonly string[] | string {
  if (text === '') return [];
  const pattern = /^([^{},]*)\{(\d{1,6})\}([^{},]*)$/.exec(text);
  const names = pattern
    ? Array.from({ length: count }, (_, at) => {
        const [, before = '', from = '', after = ''] = pattern;
        return `${before}${String(Number(from) + at).padStart(from.length, '0')}${after}`;
      })
    : commas(text);
  if (!pattern && names.length > count) return `${names.length} names for ${count} hosts`;
  if (!pattern && names.length < count)
    return `${names.length} names for ${count} hosts: name all, or none, or count with {1}`;
  const bad = names.map((name) => nameProblem(name)).find((problem) => problem !== undefined);
  if (bad !== undefined) return bad;
  const double = names.find((name, at) => names.indexOf(name) !== at);
  return double === undefined ? names : `the name ${double} is there twice`;
}

/** Hosts as a number, or as names in their order. */
function hostsOf(text: string): { count: number; named: string[] } | string {
  if (text === '') return 'hosts is missing: how many, or which (hosts=3, hosts=NAME,NAME)';
  if (/^\d+$/.test(text)) {
    const count = Number(text);
    return count >= 1 && count <= MOST ? { count, named: [] } : `hosts=${text.slice(0, 12)}: from 1 to ${MOST}`;
  }
  const named = commas(text);
  const bad = named.map((name) => nameProblem(name)).find((problem) => problem !== undefined);
  if (bad !== undefined || named.length === 0) return bad ?? 'hosts names nobody';
  if (named.length > MOST) return `${named.length} hosts: at most ${MOST}`;
  const double = named.find((name, at) => named.indexOf(name) !== at);
  return double === undefined ? { count: named.length, named } : `${double} is listed twice`;
}

/** `values`: of the ask, with what was chosen since. `taken`: hosts the session has put into the pool itself. */
export function wishOf(known: Known, ask: Ask, values: Ask['values'], taken: readonly string[]): Wish | string {
  const { fleet } = known;
  const [target] = ask.targets;
  if (!target) return 'a registration, an image or a pool is needed';
  const strange = [...Object.keys(ask.values), ...Object.keys(values)].find(
    (name) => !FIELD_NAMES.some((field) => field === name),
  );
  if (strange === TWICE) return `${values[TWICE]} is given twice`;
  if (strange !== undefined) return `there is no field "${strange.slice(0, 40)}": ${FIELD_NAMES.join(', ')}`;
  const hosts = hostsOf(values['hosts'] ?? '');
  if (typeof hosts === 'string') return hosts;
  const register = registerOf(values, target);
  if (typeof register === 'string') return register;
  const registration = register
    ? fleet.registrations.list.find(({ name }) => name === register.name)
    : registrationOf(fleet, target);
  const image = register ? imageFor(fleet, registration) : imageOf(fleet, target);
  if (target.kind !== 'pool' && !registration && !register) return `the registration of ${target.name} is gone`;
  const asked = values['image'] ?? '';
  if (!['', 'keep', 'rebuild'].includes(asked)) return `image=${asked.slice(0, 20)}: keep or rebuild`;
  if (asked === 'rebuild' && !image)
    return 'there is no SeedImage to build again: leave image=rebuild out, and one is made';
  const place = placeOf(known, values, hosts.count, taken);
  if (typeof place === 'string') return place;
  return {
    ...hosts,
    prefix: register ? (registration ? prefixFor(registration) : `${stemOf(register.name)}-`) : prefixOf(fleet, target),
    ...(register ? { register } : {}),
    ...(registration ? { registration } : {}),
    ...(image ? { image } : {}),
    rebuild: asked === 'rebuild',
    ...place,
  };
}

/** The registration that is asked for; undefined: the one there is. A sentence where it cannot be. */
function registerOf(values: Ask['values'], { kind, name: about }: ObjectRef): Wish['register'] | string {
  const { registration: name = '', tpm = '', device = '' } = values;
  if (name === '') {
    if (kind === 'catalog') return 'registration=NAME is missing: the one that is to be made';
    return tpm === '' && device === ''
      ? undefined
      : 'tpm and device are of a registration that is made: registration=NAME';
  }
  if (kind === 'registration' || kind === 'seedImage')
    return name === about
      ? undefined
      : `${about} has its registration: registration=NAME is for a pool, or for a new one`;
  return registrationProblem(name, tpm, device) ?? { name, tpm: tpm === '' ? 'real' : tpm, device };
}

function placeOf(
  { fleet }: Known,
  values: Ask['values'],
  count: number,
  taken: readonly string[],
): Pick<Wish, 'pool' | 'hostnames' | 'group' | 'replicas'> | string {
  const { pool: poolName = '', names = '', group: groupName = '', replicas = '' } = values;
  const pool = fleet.pools.list.find(({ name }) => name === poolName);
  if (poolName !== '' && !pool) return `there is no pool ${poolName.slice(0, 60)}`;
  if (!pool && names !== '') return 'names are given in a pool: pool=NAME is missing';
  const hostnames = hostnamesOf(names, count);
  if (typeof hostnames === 'string') return hostnames;
  const others = pool?.members.filter(({ name }) => !taken.includes(name)).map((one) => one.hostname ?? one.name) ?? [];
  const double = hostnames.find((name) => others.includes(name));
  if (double !== undefined) return `the hostname ${double} is taken in ${poolName}`;
  const group = fleet.groups.list.find(({ name }) => name === groupName);
  if (groupName !== '' && !group) return `there is no group ${groupName.slice(0, 60)}`;
  if (group && pool && group.pool !== undefined && group.pool !== pool.name)
    return `${group.name} takes its hosts from ${group.pool}, not from ${pool.name}`;
  if (group && !pool) return `hosts serve from a pool: pool=${group.pool ?? 'NAME'} is missing`;
  if (replicas !== '' && !group) return 'replicas are those of a group: group=NAME is missing';
  if (replicas !== '' && !/^\d{1,4}$/.test(replicas)) return `replicas=${replicas.slice(0, 12)}: a number`;
  const desired = group?.replicas.desired;
  if (group && replicas === '' && desired === undefined)
    return `how many machines ${group.name} is to have is not known`;
  if (group && replicas !== '' && taken.length === 0 && desired !== undefined && Number(replicas) < desired)
    return `${group.name} has ${desired} machines: this guide only adds`;
  return {
    ...(pool ? { pool } : {}),
    hostnames,
    ...(group ? { group, replicas: replicas === '' ? (desired ?? 0) + count : Number(replicas) } : {}),
  };
}

/** The hosts of the wish that have come, in their order: absent places are still to register. */
export function hostsOfWish({ fleet }: Known, wish: Wish): (HostRow | undefined)[] {
  const { named, count, prefix } = wish;
  if (named.length > 0) return named.map((name) => fleet.hosts.list.find((row) => row.name === name));
  const come = waitingHosts(fleet, prefix);
  // One that is not Ready holds up nobody who is: places go to those that can serve first.
  const ordered = [...come.filter((row) => !unready(row)), ...come.filter((row) => unready(row))];
  return Array.from({ length: count }, (_, at) => ordered[at]);
}
