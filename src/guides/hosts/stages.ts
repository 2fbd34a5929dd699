/** The stages of more hosts: image, arrival, pool, machines. Each is told from the cluster; the journal adds who was chosen. */

import { findCondition } from '../../domain/conditions.ts';
import type { HostRow } from '../../domain/fleet/rows.ts';
import { API_KIND } from '../../domain/kinds.ts';
import { baseImageFor, buildImage } from '../../operations/build-image.ts';
import type { Progress, Request } from '../../operations/contract.ts';
import { makeRegistration, readySight } from '../../operations/make-registration.ts';
import { linesOf, poolAdd } from '../../operations/pool-add.ts';
import { progressOf, type Sight } from '../../operations/progress.ts';
import { rebuild } from '../../operations/rebuild.ts';
import type { Gate, Known, Session, Stage } from '../contract.ts';
import { groupSights, troubleOf } from '../create/stages.ts';
import { sentFor } from '../session.ts';
import { unready, waitingHosts } from './arrivals.ts';
import { hostsOfWish, type Wish } from './wish.ts';

/** A stage before it is known which comes first. */
export interface Draft extends Pick<Stage, 'id' | 'title' | 'gates' | 'progress' | 'about'> {
  done: boolean;
  written: boolean;
  failed: boolean;
  request?: Request;
  machines: number;
}

export interface Ground {
  known: Known;
  session: Session;
  wish: Wish;
  /** Hosts the session has put into the pool, with their hostnames: `name` or `name hostname`. */
  chosen: readonly string[];
}

/** The lines that were written to the pool: as a fact has them, or the operation that wrote them. */
export function chosenOf(session: Session): readonly string[] {
  const fact = session.notes.findLast((note) => note.note === 'saw' && note.key === CHOSEN);
  const kept = fact?.note === 'saw' ? fact.data['lines'] : undefined;
  if (Array.isArray(kept)) return kept.filter((line): line is string => typeof line === 'string');
  const sent = sentFor(session, 'pool').filter(({ sent: { written } }) => written.length > 0);
  return linesOf(sent.at(-1)?.sent.request.values['hosts'] ?? '');
}

/** Key of the fact that tells who was chosen. */
export const CHOSEN = 'chosen';

const nameOf = (line: string) => line.split(' ')[0] ?? '';

/** Names of the hosts the session has put into the pool. */
export function takenBy(session: Session): string[] {
  return chosenOf(session).map(nameOf);
}

const draft = (progress: Progress, rest: Omit<Draft, 'progress' | 'done' | 'failed'> & { done?: boolean }): Draft => ({
  ...rest,
  progress,
  done: rest.done ?? progress.outcome === 'done',
  failed: progress.outcome === 'failed' || progress.outcome === 'overtaken',
});

/** The hosts that are there already need no image. */
function allCome({ known, wish, chosen }: Ground): boolean {
  return chosen.length > 0 || hostsOfWish(known, wish).every((row) => row !== undefined);
}

/** What hosts register by; absent where it is there already, and nobody asked for one. */
export function registrationStage({ wish, session }: Ground): Draft | undefined {
  const { register, registration: row } = wish;
  const [target] = session.ask.targets;
  if (!register || !target) return undefined;
  const { name, tpm, device } = register;
  const sent = sentFor(session, 'registration').at(-1);
  const request = { operation: makeRegistration.id, targets: [target], values: { name, tpm, device } };
  return draft(progressOf([{ ...readySight(row), title: `Registration ${name} Ready` }]), {
    id: 'registration',
    title: `Registration ${name}`,
    ...(row ? { about: { kind: 'registration', uid: row.uid, name } } : {}),
    gates: [],
    written: row !== undefined || (sent !== undefined && sent.outcome === undefined && sent.sent.written.length > 0),
    machines: 0,
    ...(row ? {} : { request }),
  });
}

/** Absent where hosts are named, or there is no registration to boot from. */
export function imageStage(ground: Ground): Draft | undefined {
  const { known, wish, session } = ground;
  const { image, registration, register } = wish;
  if (register && !registration && wish.named.length === 0) {
    const sight = {
      title: `ISO of ${register.name} can be downloaded`,
      seen: false,
      detail: 'its registration comes first',
    };
    return draft(progressOf([sight]), {
      id: 'image',
      title: `ISO of ${register.name}`,
      gates: [],
      written: false,
      machines: 0,
    });
  }
  if (!registration || (wish.named.length > 0 && !wish.rebuild)) return undefined;
  const sent = sentFor(session, 'image').at(-1);
  const come = allCome(ground);
  const usable = image?.state === 'ready' && image.object.downloadUrl !== undefined;
  const building = image?.state === 'building' || image?.object.retrigger === true;
  const title = image ? `ISO ${image.name}` : `ISO of ${registration.name}`;
  const needless = come && (!wish.rebuild || sent !== undefined || chosenOf(session).length > 0);
  const over = sent?.outcome === 'failed' || sent?.outcome === 'overtaken';
  const asked = sent && !over && sent.sent.written.length > 0;
  const again = wish.rebuild && !asked;
  const trouble = image && troubleOf(known, { kind: 'seedImage', uid: image.uid, name: image.name });
  const made = asked && sent.sent.request.operation === buildImage.id;
  const progress = asked
    ? (made ? buildImage : rebuild).done(known, sent.sent)
    : progressOf([
        {
          title: `${title} can be downloaded`,
          seen: usable && !again,
          detail: again && usable ? 'is to be built again' : (trouble ?? image?.state ?? 'there is none'),
          since: image?.since,
        },
      ]);
  const written = building || (asked === true && progress.outcome === undefined && !usable);
  const base = baseImageFor(known, registration);
  const fine = image !== undefined || base !== undefined;
  const gate: Gate = {
    name: 'image-there',
    result: fine ? 'pass' : 'block',
    title: 'SeedImage of the registration',
    figure:
      image?.name ?? `${registration.name} has none${base ? `: made of ${base}` : ', and the catalog no image for it'}`,
    evidence: [],
    ...(fine ? {} : { remedy: { text: 'the operation "catalog" puts an image into the catalog' } }),
    override: 'never',
  };
  const make = base !== undefined && !asked ? { operation: buildImage.id, values: { image: base } } : undefined;
  const request = image ? (building ? undefined : { operation: rebuild.id, values: {} }) : make;
  const target = image
    ? refOf(image)
    : { kind: 'registration' as const, uid: registration.uid, name: registration.name };
  return draft(progress, {
    id: 'image',
    title: wish.rebuild ? `${title}, built again` : title,
    gates: [gate],
    done: needless || (asked ? progress.outcome === 'done' || (usable && sent.outcome === 'done') : usable && !again),
    written,
    machines: 0,
    ...(image ? { about: { kind: 'seedImage', uid: image.uid, name: image.name } } : {}),
    ...(request ? { request: { ...request, targets: [target] } } : {}),
  });
}

const refOf = ({ uid, name }: { uid: string; name: string }) => ({ kind: 'seedImage' as const, uid, name });

function hostSight(known: Known, row: HostRow | undefined, title: string): Sight {
  if (!row) return { title, seen: false, detail: 'has not registered' };
  const { name, uid, object } = row;
  const why = unready(row);
  const detail = why === undefined ? undefined : (troubleOf(known, { kind: 'host', uid, name }) ?? why);
  return { title: name, seen: why === undefined, detail, since: object.created };
}

/** Without it somebody would wait for hosts that have nothing to register by. */
const NOTHING_TO_BOOT: Gate = {
  name: 'registration-there',
  result: 'warn',
  title: 'registration',
  figure: 'none belongs to the cluster of this pool: hosts that come register by another one, or by nothing',
  evidence: [],
  remedy: { text: 'registration=NAME makes one, with its ISO' },
  override: 'never',
};

/** Hosts that have registered and that this does not take, each with why not, as a line that is done with. */
function othersOf({ known, wish, chosen }: Ground): Sight[] {
  const { named, prefix, count } = wish;
  if (named.length > 0) return [];
  const { list } = known.fleet.hosts;
  const taken =
    chosen.length > 0
      ? chosen.flatMap((line) => list.find(({ name }) => name === nameOf(line)) ?? [])
      : hostsOfWish(known, wish).flatMap((row) => row ?? []);
  const last = Math.max(...taken.map(({ object }) => object.created ?? 0));
  return waitingHosts(known.fleet, prefix)
    .filter((row) => !taken.includes(row))
    .map((row) => {
      const later = (row.object.created ?? 0) > last ? 'registered later' : 'was not Ready as early';
      const asked = count === 1 ? '1 host was asked for' : `${count} hosts were asked for`;
      return { title: `not taken: ${row.name} (${unready(row) ?? later}; ${asked})`, seen: true };
    });
}

/** Hosts one by one as they register. */
export function arrivalStage(ground: Ground): Draft {
  const { known, wish, chosen } = ground;
  const { count, named, image, registration, register } = wish;
  // Once they are in the pool, those that still wait are others.
  const come = (line: string) => known.fleet.hosts.list.find(({ name }) => name === nameOf(line));
  const rows = chosen.length > 0 ? chosen.map(come) : hostsOfWish(known, wish);
  const others = othersOf(ground);
  const iso = image?.state === 'ready' ? image.object : undefined;
  const missing = rows.some((row) => row === undefined);
  const sights: Sight[] = [
    // For those in the rack: it stays on the board while hosts are awaited.
    ...(iso?.downloadUrl !== undefined && missing
      ? [
          {
            title: `boot from ${iso.downloadUrl}${iso.checksumUrl ? ` (checksum ${iso.checksumUrl})` : ''}`,
            seen: true,
          },
        ]
      : []),
    ...rows.map((row, at) => hostSight(known, row, named[at] ?? `Host ${at + 1} of ${count}`)),
    ...others,
  ];
  const beyond = others.length > 0 ? `; ${others.length} more came, in no pool` : '';
  return draft(progressOf(sights), {
    id: 'hosts',
    title: `${count} ${count === 1 ? 'host' : 'hosts'} registered and Ready${beyond}`,
    gates: missing && !registration && !register ? [NOTHING_TO_BOOT] : [],
    ...(chosen.length > 0 ? { done: true } : {}),
    written: true,
    machines: 0,
  });
}

/** Hosts become members, in their order. */
export function poolStage(ground: Ground): Draft | undefined {
  const { known, wish, chosen, session } = ground;
  const { pool, hostnames } = wish;
  if (!pool) return undefined;
  const ready = hostsOfWish(known, wish).flatMap((row) => (row ? [row.name] : []));
  const lines = chosen.length > 0 ? chosen : ready.map((name, at) => [name, hostnames[at]].filter(Boolean).join(' '));
  const valid = findCondition(pool.object.conditions, 'MembersValid');
  const member = (line: string) => pool.members.find(({ name }) => name === nameOf(line));
  const hosts = lines.map((line): Sight => {
    const host = known.fleet.hosts.list.find(({ name }) => name === nameOf(line));
    const seen = member(line) !== undefined && host?.object.poolAnnotation === pool.name;
    return { title: line.replace(' ', ' as '), seen, detail: member(line) ? 'not taken in yet' : 'not a member yet' };
  });
  const written = chosen.length > 0 && lines.every((line) => member(line) !== undefined);
  const counted: Sight = {
    title: `${pool.name} valid, ${pool.members.length + (written ? 0 : lines.length)} hosts`,
    seen: hosts.every(({ seen }) => seen) && valid?.status === 'True' && pool.reported?.total === pool.members.length,
    detail: valid?.status === 'False' ? valid.message : `counts ${pool.reported?.total ?? 'none yet'}`,
  };
  const { kind, uid, name } = pool;
  const progress = progressOf(
    lines.length > 0 ? [...hosts, ...othersOf(ground), counted] : [{ title: 'Hosts chosen', seen: false }],
  );
  const sent = sentFor(session, 'pool').at(-1);
  return draft(progress, {
    id: 'pool',
    title: `Into ${name}, in this order`,
    about: { kind, uid, name },
    gates: [],
    written: written || (sent !== undefined && sent.outcome === undefined && sent.sent.written.length > 0),
    machines: 0,
    ...(lines.length === wish.count && !written
      ? { request: { operation: poolAdd.id, targets: [{ kind, uid, name }], values: { hosts: lines.join('\n') } } }
      : {}),
  });
}

/** The group grows, machine by machine. */
export function scaleStage({ known, wish }: Ground): Draft | undefined {
  const { group, replicas } = wish;
  if (!group || replicas === undefined) return undefined;
  const { kind, uid, name } = { kind: group.object.kind, uid: group.uid, name: group.name };
  const now = group.replicas.desired ?? 0;
  const written = now >= replicas;
  const sights = groupSights(known, kind, name, Math.max(replicas, now));
  return draft(progressOf(sights), {
    id: 'scale',
    title: `${API_KIND[kind]} ${name} to ${replicas} machines`,
    about: { kind, uid, name },
    gates: [],
    ...(written ? {} : { done: false }),
    written,
    machines: sights.slice(0, -1).filter(({ seen }) => !seen).length,
    ...(written
      ? {}
      : { request: { operation: 'scale', targets: [{ kind, uid, name }], values: { replicas: String(replicas) } } }),
  });
}
