/** A forecast in words: what is expected, and the checks that follow from it. */

import type { GroupRow } from '../domain/fleet/rows.ts';
import type { HostForecast } from '../domain/forecast/hosts.ts';
import { rivals } from '../domain/forecast/pool.ts';
import type { ScaleForecast } from '../domain/forecast/scale.ts';
import { machinesOf } from '../domain/forecast/sets.ts';
import type { Check, Expectation, World } from './contract.ts';
import { check } from './define.ts';
import { refOf } from './find.ts';
import { machines } from './values.ts';

const list = (names: readonly { name: string }[]) => names.map(({ name }) => name).join(', ');

/** Which machines go and come. */
export function saysOfScale(world: World, forecast: ScaleForecast): Expectation[] {
  const { goes, going, now, later, blocked } = forecast;
  const says: Expectation[] = [];
  goes.forEach(({ machine, why }, at) => {
    const row = world.fleet.machines.byUid.get(machine.uid);
    const host = row?.host === undefined ? '' : `, host ${row.host} is cleaned`;
    const turn = forecast.oneByOne && at > 0 ? ', after the one before' : '';
    says.push({ text: `${machine.name} goes: ${why}${host}${turn}`, tone: 'bad', about: refOf(machine) });
  });
  for (const machine of going) {
    says.push({ text: `${machine.name} is already being deleted and counts`, tone: 'warn', about: refOf(machine) });
  }
  for (const machine of forecast.mayGo) {
    const text = `${machine.name} has failed its health check, which may have it replaced once the number is another one`;
    says.push({ text, tone: 'warn', about: refOf(machine) });
  }
  if (forecast.rolling && forecast.rolling.length > 0) {
    const text = `The rollout goes on: ${list(forecast.rolling)} still to be replaced, as new ones come up`;
    says.push({ text, tone: 'warn' });
  }
  if (now > 0) says.push({ text: `${machines(now)} made at once`, tone: 'info' });
  if (later > 0) {
    says.push({
      text: `${machines(later)} made ${forecast.oneByOne ? 'one after the other' : 'once those being deleted are gone'}`,
      tone: 'info',
    });
  }
  if (blocked && now + later > 0) {
    says.push({ text: `No machine is made while ${blocked.why} (${blocked.check})`, tone: 'warn' });
  }
  return says;
}

/** Which hosts serve. */
export function saysOfHosts(hosts: HostForecast): Expectation[] {
  const says: Expectation[] = [];
  if (hosts.serve.length > 0) says.push({ text: `Hosts that serve: ${list(hosts.serve)}`, tone: 'info' });
  if (hosts.serveLater.length > 0) {
    says.push({ text: `Hosts that serve later, if cleaned in time: ${list(hosts.serveLater)}`, tone: 'info' });
  }
  if (hosts.short > 0) {
    says.push({ text: `${machines(hosts.short)} would wait for a host (PoolExhausted)`, tone: 'bad' });
  }
  return says;
}

/** Marks others have left in a group: any scale-down fires them. `except`: uids of Machines whose mark is meant. */
export function oldMarks(world: World, group: GroupRow, except: ReadonlySet<string> = new Set()): string[] {
  return machinesOf(world.fleet, group)
    .filter(({ uid, deleteMark, deleting }) => deleteMark && deleting === undefined && !except.has(uid))
    .map(({ name }) => name);
}

/** What others do on the pool of a group, named. */
export function checksOfRivals(world: World, group: GroupRow): Check[] {
  const pool = world.fleet.pools.list.find(({ name }) => name === group.pool);
  return pool ? rivals(world.fleet, pool, group.uid).map((text) => check('others on the pool', text, 'warn')) : [];
}

/** Spare hosts against those needed. `missing` says what a lack means for the operation. */
export function checkOfHosts(hosts: HostForecast, needed: number, missing: 'warn' | 'block'): Check {
  const spare = Math.max(0, hosts.free.length - hosts.waiting);
  const waiting = hosts.waiting > 0 ? `, ${hosts.waiting} of them waited for already` : '';
  const figure = `${hosts.free.length} free${waiting}, ${needed} needed`;
  return check(`spare hosts in ${hosts.pool}`, figure, spare < needed ? missing : undefined);
}

/** Whether a group's controllers act on it at all. */
export function checkOfPause(group: GroupRow): Check[] {
  if (!group.paused) return [];
  return [check('paused', `nothing of this happens before ${group.name} is resumed`, 'warn')];
}

/** Whether the image of a version is in the catalog: without it a machine ends as Failed (ImageCatalogMiss). */
export function checkOfImage(world: World, version: string | undefined): Check {
  if (version === undefined) return check('image', 'the version is not known', 'block');
  const { catalog } = world.fleet;
  if (!catalog) return check('image', 'elemental-image-catalog is not there', 'block');
  const image = Object.hasOwn(catalog.images, version) ? catalog.images[version] : undefined;
  return image
    ? check('image', `${version} is in the catalog`)
    : check('image', `${version} is not in the catalog`, 'block');
}
