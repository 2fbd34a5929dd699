/** Hosts that come and go before they are in a pool, and ISOs that are built anew. */

import { find } from '../conditions.ts';
import type { Hardware } from '../elemental/hardware.ts';
import { hostName, registerHost } from '../elemental/register.ts';
import { elementalOperator } from '../index.ts';
import { kinds } from '../kinds.ts';
import { poolOf } from '../provider/inventory.ts';
import { type Act, insist, minute, type Stage, wait } from './act.ts';

/** A server is racked, boots the ISO and registers; after a while it is taken away again, unless somebody pooled it. */
export async function* visit(stage: Stage, hardware: Hardware): Act {
  const { rt, random } = stage;
  const registrations = rt.informer(kinds.MachineRegistration).list();
  const registration = registrations.find(({ status }) => find(status?.conditions, 'Ready')?.status === 'True');
  const inventories = rt.informer(kinds.MachineInventory);
  // Its operator answers the servers that call.
  if (!registration || !rt.runs(elementalOperator) || inventories.get(hostName(registration, hardware))) return;
  const name = yield* insist(() => registerHost(rt, rt.client, registration, hardware));
  const ready = () => find(inventories.get(name)?.status?.conditions, 'Ready')?.status === 'True';
  yield* wait(ready, 20 * minute);
  yield { rest: random.around(6 * minute) };
  const inventory = inventories.get(name);
  if (inventory && !poolOf(inventory)) yield* insist(() => rt.client.remove(kinds.MachineInventory, name));
}

/** Builds an expired ISO again. */
export async function* rebuildImage(stage: Stage): Act {
  const { rt, random } = stage;
  const images = rt.informer(kinds.SeedImage);
  const ready = (name: string) => find(images.get(name)?.status?.conditions, 'SeedImageReady')?.reason;
  const old = images.list().filter(({ metadata }) => ready(metadata.name) === 'SeedImageBuildDeadline');
  if (old.length === 0) return;
  const image = random.pick(old);
  yield* insist(() =>
    rt.client.change(kinds.SeedImage, images.get(image.metadata.name) ?? image, (draft) => {
      draft.spec = { ...draft.spec, retriggerBuild: true };
    }),
  );
  yield* wait(() => ready(image.metadata.name) === 'SeedImageBuildSuccess', 20 * minute);
}
