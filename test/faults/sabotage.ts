/** Messages reach people twice, or never; a STOP is acknowledged and forgotten. */
export const SABOTAGES = ['twice', 'lose', 'forget-stop'] as const;

/** One promise broken on purpose. */
export type Sabotage = (typeof SABOTAGES)[number];

/** What was asked for, if it is one. */
export const sabotageOf = (word: string | undefined): Sabotage | undefined =>
  SABOTAGES.find((one) => one === word);
