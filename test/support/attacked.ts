import { Child } from '../../bench/child.ts';
import type { AttackOrder, Repelled } from './attackers.ts';
import { anInstance, type Instance } from './instance.ts';
import { OPERATOR_SECRET, type Round } from './undisturbed.ts';

const INSTANCE_KEY = 'instance-key-of-whoever-runs-this';

/** An instance as a user gets it, with an operator that takes messages in a process of its own. */
export interface Scene {
  readonly instance: Instance;
  /** Where the operator tells what it took. */
  readonly operator: string;
  /** Of an admin of another tenant. */
  readonly stranger: string;
  close(): Promise<void>;
}

/** Opens one; the operator takes so many messages a second. */
export async function aScene(ratePerSecond: number): Promise<Scene> {
  const operator = new Child('stop-operator.ts', {});
  const { origin } = await operator.said<{ origin: string }>();
  const carrier = { kind: 'sandbox', stopCode: '36180', fake: true };
  const account = { name: 'operator', baseUrl: origin, inboundSecret: OPERATOR_SECRET, default: true };
  const instance = await anInstance({
    publicServer: 'own',
    gateways: [
      { ...carrier, ...account, ratePerSecond, connections: 20 },
      { ...carrier, name: 'sandbox' },
    ],
    env: { BONHEURE_INSTANCE_KEY: INSTANCE_KEY },
  });
  const tenant = {
    name: 'Autre',
    legalName: 'Autre SAS',
    brand: 'Autre',
    contact: { email: 'a@example.org' },
  };
  const { body } = await instance.call('POST', '/v1/tenants', tenant, {
    authorization: `Bearer ${INSTANCE_KEY}`,
  });
  return {
    instance,
    operator: origin,
    stranger: String(body['key']),
    close: async () => {
      await instance.stop();
      await operator.end();
    },
  };
}

/** How many people a round has, and how often somebody says STOP or reads. */
type Pace = Pick<Round, 'stops' | 'stopEveryMs' | 'readEveryMs'> & { readonly people: number };

/** A round with phones that no other round has, read by an admin of the first tenant. */
export const roundOf = ({ instance, operator }: Scene, number: number, { people, ...pace }: Pace): Round => ({
  instance,
  operator,
  ...pace,
  phones: Array.from({ length: people }, (_, n) => `+3361${number}${String(n).padStart(6, '0')}`),
  reader: instance.key,
});

/** Everybody who attacks, in a process of their own. */
export class Attackers {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  /** Begins every attack at once, on the api and on the public server. */
  static async begin(scene: Scene, how: Omit<AttackOrder, 'origins' | 'key'>): Promise<Attackers> {
    const { url, publicUrl } = await scene.instance.run();
    const origins = [url, publicUrl ?? url].map((origin) => origin.replace('localhost', '127.0.0.1'));
    const order: AttackOrder = { ...how, origins, key: scene.stranger };
    const child = new Child('../test/support/attackers.ts', order);
    await child.said();
    await child.go();
    return new Attackers(child);
  }

  /** Ends them, and says how each attack was answered. */
  async end(): Promise<Repelled> {
    const repelled = await this.#child.go<Repelled>();
    await this.#child.end();
    return repelled;
  }
}
