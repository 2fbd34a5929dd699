import type { Pool, PoolCounters, PoolMember } from '../objects.ts';
import { FIGURES, figureOf } from './pools.ts';
import type { HostRow, PoolMemberRow } from './rows.ts';

/** Where a pool lists a host. */
export interface MemberLink {
  position: number;
  hostname?: string;
  /** Further places of a host listed more than once; the first counts. */
  again?: number[];
}

function linksOf(members: readonly PoolMember[]): Map<string, MemberLink> {
  const links = new Map<string, MemberLink>();
  members.forEach(({ name, hostname }, position) => {
    const link = links.get(name);
    if (!link) links.set(name, { position, hostname });
    else if (link.again) link.again.push(position);
    else link.again = [position];
  });
  return links;
}

function sameMembers(a: readonly PoolMember[], b: readonly PoolMember[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, hostname }, index) => name === b[index]?.name && hostname === b[index]?.hostname)
  );
}

/**
 * The members of one pool with their rows and the figures counted from them. A changed host costs its own places; the
 * list given out is copied once for each snapshot that changed it.
 */
export class PoolMembers {
  links: ReadonlyMap<string, MemberLink> = new Map();
  twice: readonly string[] = [];
  #members: readonly PoolMember[] = [];
  #rows: PoolMemberRow[] = [];
  #given = false;
  #counted: PoolCounters = { total: 0, available: 0, allocated: 0, preparing: 0, reprovisioning: 0, unavailable: 0 };
  readonly #missingCounts: () => boolean;

  /** `missingCounts` tells whether a host not found is known not to exist. */
  constructor(missingCounts: () => boolean) {
    this.#missingCounts = missingCounts;
  }

  get counted(): PoolCounters {
    return { ...this.#counted };
  }

  /** The members as they are now; the array is never changed afterwards. */
  rows(): readonly PoolMemberRow[] {
    this.#given = true;
    return this.#rows;
  }

  /** Takes the pool's list; gives the names whose place in it is new, gone or changed. */
  take(pool: Pool | undefined, hostOf: (name: string) => HostRow | undefined): string[] {
    const members = pool?.members ?? [];
    if (sameMembers(members, this.#members)) return [];
    const before = this.links;
    const links = linksOf(members);
    this.links = links;
    this.#members = members;
    this.twice = [...links].filter(([, link]) => link.again).map(([name]) => name);
    this.recount(hostOf);
    const changed: string[] = [];
    for (const [name, link] of links) {
      const old = before.get(name);
      if (!old || old.position !== link.position || old.hostname !== link.hostname) changed.push(name);
    }
    for (const name of before.keys()) if (!links.has(name)) changed.push(name);
    return changed;
  }

  /** Builds rows and figures anew. */
  recount(hostOf: (name: string) => HostRow | undefined): void {
    this.#rows = this.#members.map(({ name, hostname }) => ({ name, hostname, host: hostOf(name) }));
    this.#given = false;
    for (const figure of FIGURES) this.#counted[figure] = 0;
    this.#counted.total = this.links.size;
    for (const { position } of this.links.values()) this.#count(this.#rows[position]?.host, 1);
  }

  /** Puts a host's new row, or its absence, in its places. */
  place(name: string, host: HostRow | undefined): void {
    const link = this.links.get(name);
    if (!link) return;
    const before = this.#rows[link.position]?.host;
    if (before === host) return;
    if (this.#given) {
      this.#rows = this.#rows.slice();
      this.#given = false;
    }
    this.#count(before, -1);
    this.#count(host, 1);
    for (const position of [link.position, ...(link.again ?? [])]) {
      const { hostname } = this.#members[position]!;
      this.#rows[position] = { name, hostname, host };
    }
  }

  #count(host: HostRow | undefined, by: 1 | -1): void {
    const figure = figureOf(host, this.#missingCounts());
    if (figure) this.#counted[figure] += by;
  }
}
