/** Longer texts are not cached: few are repeated, and thousands of them would fill the memory. */
const LONGEST = 2_000;

/** Caches a bounded number of answers by text: the rows of a file repeat the same texts. */
export function remembered<Answer>(most: number, answer: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    if (text.length > LONGEST) return answer(text);
    const known = answers.get(text);
    if (known !== undefined) return known;
    const made = answer(text);
    if (answers.size >= most) answers.clear();
    answers.set(text, made);
    return made;
  };
}
