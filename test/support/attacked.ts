import { Child } from '../../bench/child.ts';
import { freePort } from '../../src/main/embedded/free-port.ts';
import { attackGround, neighboursOf, type Neighbours } from './attack-ground.ts';
import type { AttackOrder, HowHard, Outcome } from './attackers.ts';
import { anInstance, type Instance } from './instance.ts';
import { OPERATOR_SECRET, type Round } from './undisturbed.ts';

const INSTANCE_KEY = 'instance-key-of-whoever-runs-this';

/** An instance as a user gets it, with an operator that takes messages in a process of its own. */
export interface Scene {
  readonly instance: Instance;
  /** Where the operator tells what it took. */
  readonly operator: string;
  /** Of admins of other tenants. */
  readonly neighbours: Neighbours;
  /** The page of Temporal. */
  readonly temporalPage: string;
  close(): Promise<void>;
}

/** Opens one; the operator takes so many messages a second. */
export async function aScene(ratePerSecond: number): Promise<Scene> {
  const operator = new Child('stop-operator.ts', {});
  const { origin } = await operator.said<{ origin: string }>();
  const page = await freePort();
  const carrier = { kind: 'sandbox', stopCode: '36180', fake: true };
  const account = { name: 'operator', baseUrl: origin, inboundSecret: OPERATOR_SECRET, default: true };
  const instance = await anInstance({
    publicServer: 'own',
    gateways: [
      { ...carrier, ...account, ratePerSecond, connections: 20 },
      { ...carrier, name: 'sandbox' },
    ],
    env: {
      BONHEURE_INSTANCE_KEY: INSTANCE_KEY,
      BONHEURE_TEMPORAL_UI_PORT: String(page),
      // Payloads are sealed: there is something to open.
      BONHEURE_CODEC: 'on',
    },
  });
  return {
    instance,
    operator: origin,
    neighbours: await neighboursOf(instance, INSTANCE_KEY),
    temporalPage: `http://127.0.0.1:${page}`,
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
  static async begin(scene: Scene, how: HowHard): Promise<Attackers> {
    const order: AttackOrder = { ...how, ...(await attackGround(scene.instance, scene)) };
    const child = new Child('../test/support/attackers.ts', order, { ownSession: true });
    await child.said();
    await child.go();
    return new Attackers(child);
  }

  /** Ends them, and says what each attack came to. */
  async end(): Promise<Outcome> {
    const outcome = await this.#child.go<Outcome>();
    await this.#child.end();
    return outcome;
  }
}
