/** A simulated datacenter, the line to it that a test may cut, and a home from which `metaldeck` goes there. */
import { type Datacenter, type DatacenterOptions, startDatacenter } from '../../src/simulator/datacenter.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { type Home, kubeconfigFor, makeHome } from './program.ts';

export interface Place {
  datacenter: Datacenter;
  gateway: Gateway;
  home: Home;
  close(): Promise<void>;
}

/** Opens one for the tests of a file, without traffic where nothing else is asked for; they close it in the end. */
export async function openPlace(options: DatacenterOptions): Promise<Place> {
  const datacenter = await startDatacenter({ traffic: false, ...options });
  const gateway = await startGateway(datacenter);
  const home = makeHome(kubeconfigFor(gateway.url));
  return {
    datacenter,
    gateway,
    home,
    async close() {
      home.remove();
      await gateway.close();
      await datacenter.stop();
    },
  };
}
