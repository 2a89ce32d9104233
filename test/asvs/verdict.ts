/** What became of a requirement here, and its subject in our words. */
export type Verdict =
  | { readonly kind: 'holds'; readonly subject: string; readonly file: string; readonly title: string }
  | {
      readonly kind: 'deployment' | 'absent' | 'open';
      readonly subject: string;
      readonly because: string;
    };

/** Requirements of a chapter by their numbers. */
export type Verdicts = Readonly<Record<string, Verdict>>;

/** A test attacks or checks the running thing: `file` under `test/` without its ending, `title` as it stands there. */
export const holds = (subject: string, file: string, title: string): Verdict => ({
  kind: 'holds',
  subject,
  file: `test/${file}.test.ts`,
  title,
});

/** Whoever runs it sees to it, with what the reason names. */
export const ofDeployment = (subject: string, because: string): Verdict => ({
  kind: 'deployment',
  subject,
  because,
});

/** There is nothing here to which it could apply. */
export const absent = (subject: string, because: string): Verdict => ({ kind: 'absent', subject, because });

/** Not so here, or not shown, for the reason given. */
export const open = (subject: string, because: string): Verdict => ({ kind: 'open', subject, because });
