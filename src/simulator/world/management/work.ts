/**
 * Kubernetes' own controllers of the management cluster. They begin with the first write from outside that asks something of
 * them: until then everything there is as it was installed, and costs nothing.
 */

import type { Transport } from '../../../kube/types.ts';
import type { Api } from '../../api/api.ts';
import type { Served } from '../../api/server.ts';
import { apiTransport } from '../../api/transport.ts';
import type { KubeObject } from '../../api/types.ts';
import { Work } from '../../controllers/kubernetes/manager.ts';
import { Random } from '../../controllers/random.ts';
import type { KubeObject as Plain } from '../../controllers/shapes/meta.ts';
import { leadOvn } from '../../workload/kube-ovn/leader.ts';
import { isInRegistry } from '../../workload/registry-images.ts';
import { isOfItsNode } from '../../workload/system.ts';
import { isWrite } from '../../workload/writes.ts';
import { toldAddresses } from './addresses.ts';
import type { ManagementCluster } from './index.ts';
import { isForSeedImage } from './scheduler.ts';

/** What files bring, and the Pod that a SeedImage has made. */
const isForeign = (object: Pick<Plain, 'kind' | 'metadata'>): boolean =>
  isOfItsNode(object) || (object.kind === 'Pod' && isForSeedImage(object));

export interface ManagementWorkOptions {
  api: Api;
  management: ManagementCluster;
  seed: string;
  /** Unix time in ms. */
  now(): number;
  /** Told of what breaks in them; what the server refuses is told by an Event. */
  onError?(error: unknown): void;
}

/** The work of the management cluster. */
export class ManagementWork {
  readonly #options: ManagementWorkOptions;
  #work: Work | undefined;
  /** When it was last looked who leads OVN, Unix time in ms. */
  #led = 0;
  #checker: Transport | undefined;
  /** The API as it is to be served: writes through it are carried out. */
  readonly served: Served;

  constructor(options: ManagementWorkOptions) {
    this.#options = options;
    const { api } = options;
    this.served = {
      faults: api.faults,
      userOf: (token) => api.userOf(token),
      addToken: (token, user) => api.addToken(token, user),
      userOfCertificate: (fingerprint) => api.userOfCertificate(fingerprint),
      handle: async (request) => {
        const asked = isWrite(request);
        if (asked) this.#begin();
        await this.#lead();
        const answer = await api.handle(request);
        if (asked) this.#work?.soon();
        return answer;
      },
    };
  }

  /** Whether a kubelet ends the containers of a Pod that is deleted. */
  endsPods(pod: KubeObject): boolean {
    return this.#work !== undefined && !isForeign(pod as Plain);
  }

  /** Resolves when they have looked, and have nothing to do at this moment. */
  async idle(): Promise<void> {
    this.#work?.soon();
    await this.#work?.idle();
  }

  stop(): void {
    this.#work?.stop();
    this.#checker?.close();
  }

  /** Lets somebody lead OVN, once its Pods come and go. */
  async #lead(): Promise<void> {
    const { api, now } = this.#options;
    if (!this.#work || now() - this.#led < 1000) return;
    this.#led = now();
    const user = { name: 'system:kube-ovn-leader-checker', groups: ['system:masters'] };
    this.#checker ??= apiTransport(api, { user, program: () => 'kube-ovn-leader-checker' });
    if (await leadOvn(api, this.#checker)) this.#work.soon();
  }

  #begin(): void {
    if (this.#work) return;
    const { api, management, seed, now, onError } = this.#options;
    const random = new Random(seed, 'work', 'management');
    // What nobody has read yet has been there as long as its Services.
    api.load(toldAddresses(api));
    this.#work = new Work({
      transport: (program) => {
        const user = { name: `system:${program}`, groups: ['system:masters'] };
        return apiTransport(api, { user, program: () => program, bare: true });
      },
      ...{ now, onError },
      suffix: () => random.suffix(),
      network: () => '10.3.0.0/16',
      host: (program) => management.leader(program),
      held: (image) => isInRegistry(image),
      isForeign,
      seen: ({ pods }) => management.seen(pods as unknown as KubeObject[]),
    });
    management.handOver();
  }
}
