import type { Answers } from './facts.js';
import { isQuestion, type Plan, type Question } from './plan.js';

/** Each question takes a round of its own. */
const rounds = 8;

/**
 * What a plan comes to when the target is not asked: nobody is found there, values that must be unique are free,
 * and accounts have nothing but what was written.
 */
export function planUnasked(plan: (answers: Answers) => Plan): Exclude<Plan, Question> {
  let answers: Answers = {};
  for (let round = 0; round < rounds; round += 1) {
    const planned = plan(answers);
    if (!isQuestion(planned)) return planned;
    answers = { ...answers, ...assumed(planned) };
  }
  throw new Error('The plan goes on asking what has been answered');
}

function assumed(question: Question): Answers {
  if (question.action === 'match') return { match: { kind: 'none' } };
  if (question.action === 'observe') return { observed: {} };
  return {
    unique: new Map(question.choices.map(({ attribute, candidates }) => [attribute, candidates[0]])),
  };
}
