/** What a campaign or a series waits for: by which rule, until when, where, and for how many people. */
export interface WaitingFor {
  readonly code: string;
  readonly ruleId: string | null;
  /** ISO instant; none when a person has to say more. */
  readonly until: string | null;
  readonly text: string;
  readonly byTerritory: readonly {
    readonly territory: string;
    readonly count: number;
    readonly until: string | null;
  }[];
}
