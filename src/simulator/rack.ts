/**
 * A rack of machines without an operating system, and somebody who boots them: from the next ISO that is built. Each
 * registers some minutes after it was powered on, none when another does.
 */

import { find } from './controllers/conditions.ts';
import { durations } from './controllers/durations.ts';
import type { Hardware } from './controllers/elemental/hardware.ts';
import { hostName, registerHost } from './controllers/elemental/register.ts';
import { elementalOperator } from './controllers/index.ts';
import { kinds } from './controllers/kinds.ts';
import type { Runtime } from './controllers/runtime.ts';
import type { SeedImage } from './controllers/shapes/elemental.ts';

const retry = 10_000;

/** The rack of one datacenter. `start` it after the runtime: ISOs that are there by then stay in the drawer. */
export class Rack {
  #rt: Runtime;
  #waiting: Hardware[];
  #drawer = new Set<string>();

  constructor(rt: Runtime, waiting: readonly Hardware[]) {
    this.#rt = rt;
    this.#waiting = [...waiting];
    rt.informer(kinds.SeedImage);
  }

  /** How many machines still wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  start(): void {
    const images = this.#rt.informer(kinds.SeedImage);
    for (const image of images.list()) this.#drawer.add(image.status?.downloadURL ?? '');
    const boots = this.#rt.controller('rack', async (name) => {
      const hardware = this.#waiting.find(({ uuid }) => name.startsWith(`${uuid} `));
      if (hardware) return this.#boot(hardware, name.slice(hardware.uuid.length + 1));
      const image = images.get(name);
      if (image) {
        this.#waiting.forEach(({ uuid }) => {
          const registration = image.spec?.registrationRef?.name ?? '';
          const { least, most } = durations.registration;
          boots.enqueueAfter(`${uuid} ${registration}`, this.#rt.random('rack', uuid).integer(least, most));
        });
      }
      return undefined;
    });
    images.onChange((image) => {
      const url = image.status?.downloadURL;
      if (!url || !isBuilt(image) || this.#drawer.has(url)) return;
      this.#drawer.add(url);
      boots.enqueue(image.metadata.name);
    });
  }

  /** Registers one machine. Gives the simulated ms until it tries again, where the registration does not work (yet). */
  async #boot(hardware: Hardware, registered: string): Promise<number | undefined> {
    // Its operator answers the machines that call.
    if (!this.#rt.runs(elementalOperator)) return retry;
    const registration = this.#rt.informer(kinds.MachineRegistration).get(registered);
    if (find(registration?.status?.conditions, 'Ready')?.status !== 'True' || !registration) return retry;
    const known = this.#rt.informer(kinds.MachineInventory).get(hostName(registration, hardware));
    if (!known) await registerHost(this.#rt, this.#rt.client, registration, hardware);
    this.#waiting = this.#waiting.filter((one) => one !== hardware);
    return undefined;
  }
}

const isBuilt = ({ status }: SeedImage): boolean =>
  find(status?.conditions, 'SeedImageReady')?.reason === 'SeedImageBuildSuccess';
