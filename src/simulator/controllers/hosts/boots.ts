/** One boot of a host; Unix times in ms. */
export interface HostBoot {
  /** When its kernel began. */
  began: number;
  /** When its system agent ran. */
  up: number;
}

/** When hosts were booted last: their reports and Nodes tell which boot it was, and not when. */
export class HostBoots {
  /** By host. */
  readonly #last = new Map<string, HostBoot & { id?: string }>();

  /** A host has booted. */
  note(host: string, boot: HostBoot): void {
    this.#last.set(host, boot);
  }

  /** Its last boot is reported under this identity. */
  reported(host: string, id: string): void {
    const last = this.#last.get(host);
    if (last) last.id = id;
  }

  /** The boot with an identity; undefined where it was not the last of its host, or nobody has seen it. */
  of(id: string): HostBoot | undefined {
    for (const { id: known, began, up } of this.#last.values()) if (known === id) return { began, up };
    return undefined;
  }
}
