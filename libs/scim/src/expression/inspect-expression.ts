import type { ExprNode } from 'jsonata';
import { jsonataFunctions, mappingFunctions, refusedFunctions, uniqueFunction } from './functions.js';
import { compileRegex } from './linear-regex.js';
import { ExpressionError } from './expression-error.js';

type Node = Record<string, unknown> & { type?: string; value?: unknown; position?: number };

/** What an expression is made of, as far as it can be told without a person to try it on. */
export interface Inspected {
  /** Names of Entra's functions it uses. */
  functions: Set<string>;
  /** Attributes of the user or group it reads, by name steps: ["name", "givenName"]. */
  reads: string[][];
  /** SCIM paths it reads with $Attribute. */
  paths: string[];
  usesRegex: boolean;
  /** It is $SelectUniqueValue(...), perhaps as the last step of a block. */
  unique: boolean;
  /** Whether this argument is written out in every call of the function, so that it is the same for everybody. */
  isLiteral(name: string, argument: number): boolean;
}

/** Throws ExpressionError for what is not offered or not known, with what to do instead. */
export function inspectExpression(ast: ExprNode): Inspected {
  return new Inspection(ast as unknown as Node).done();
}

class Inspection {
  private readonly functions = new Set<string>();
  private readonly reads: string[][] = [];
  private readonly paths: string[] = [];
  private readonly bound = new Set<string>();
  private readonly calls: { name: string; given: Node[] }[] = [];
  private usesRegex = false;
  private readonly unique: Node | undefined;

  constructor(root: Node) {
    this.unique = outermost(root);
    this.bind(root, new Set());
    this.visit(root, true, 0);
  }

  done(): Inspected {
    const { functions, reads, paths, usesRegex, calls } = this;
    const isLiteral = (name: string, argument: number) =>
      calls
        .filter((call) => call.name === name)
        .every(({ given }) => given[argument] === undefined || literals.has(given[argument].type!));
    return { functions, reads, paths, usesRegex, unique: this.unique !== undefined, isLiteral };
  }

  /** Variables and parameters the expression defines itself. */
  private bind(node: Node, seen: Set<Node>): void {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.type === 'bind') this.bound.add(String((node.lhs as Node).value));
    if (node.type === 'lambda')
      for (const each of node.arguments as Node[]) this.bound.add(String(each.value));
    for (const child of children(node)) this.bind(child, seen);
  }

  /**
   * @param atRoot names are those of the user or group, not of a part of it
   * @param piped 1 when the value before ~> is one more argument
   */
  private visit(node: Node, atRoot: boolean, piped: number): void {
    if (node.focus !== undefined || node.index !== undefined) {
      throw new ExpressionError(
        `The operators @ and # (${where(node)}) are not offered. Use $map or $filter.`,
      );
    }
    switch (node.type) {
      case 'variable':
        return this.variable(node);
      case 'transform':
        throw new ExpressionError(
          `The operator |…|…| (${where(node)}) is not offered. Make the object that is wanted: {"a": b}.`,
        );
      case 'regex': {
        this.usesRegex = true;
        const { source, flags } = node.value as RegExp;
        return void compileRegex(source, flags);
      }
      case 'path':
        return this.path(node, atRoot);
      case 'function':
        return this.call(node, atRoot, piped);
      case 'apply':
        this.visit(node.lhs as Node, atRoot, 0);
        return this.visit(node.rhs as Node, atRoot, 1);
      case 'lambda':
        return this.visit(node.body as Node, false, 0);
      default:
        this.predicates(node);
        for (const child of children(node)) this.visit(child, atRoot, 0);
    }
  }

  private path(node: Node, atRoot: boolean): void {
    const steps = node.steps as Node[];
    const [first, second] = steps;
    if (first?.type === 'name' && atRoot) {
      const names = [String(first.value)];
      if (second?.type === 'name') names.push(String(second.value));
      this.reads.push(names);
    }
    steps.forEach((step, at) => {
      this.predicates(step);
      if (step.type !== 'name') this.visit(withoutPredicates(step), atRoot && at === 0, 0);
    });
    this.predicates(node);
    const group = node.group as { lhs?: Node[][] } | undefined;
    for (const each of group?.lhs?.flat() ?? []) this.visit(each, false, 0);
  }

  /** Filters and what follows them look at parts, not at the user. */
  private predicates(node: Node): void {
    const filters = [...((node.predicate as Node[]) ?? []), ...((node.stages as Node[]) ?? [])];
    for (const { expr } of filters) this.visit(expr as Node, false, 0);
    if (node.focus !== undefined || node.index !== undefined) this.visit(node, false, 0);
  }

  private call(node: Node, atRoot: boolean, piped: number): void {
    const procedure = node.procedure as Node;
    const given = (node.arguments as Node[]) ?? [];
    this.predicates(node);
    if (procedure.type === 'variable') {
      const name = String(procedure.value);
      if (name === uniqueFunction) this.checkUnique(node, given);
      else this.variable(procedure);
      const all: Node[] = piped ? [{ type: 'piped' }, ...given] : given;
      this.calls.push({ name, given: all });
      this.checkCount(name, all);
      if (name === 'Attribute' && all[0]?.type === 'string') this.paths.push(String(all[0].value));
      if (name === 'Replace' && all[2]?.type === 'string') compileRegex(String(all[2].value));
    } else {
      this.visit(procedure, atRoot, 0);
    }
    for (const each of given) this.visit(each, atRoot, 0);
  }

  private checkUnique(node: Node, given: Node[]): void {
    if (node !== this.unique) {
      throw new ExpressionError(
        `$${uniqueFunction} (${where(node)}) has to be the outermost function: put the others inside it.`,
      );
    }
    if (given.length < 1) {
      throw new ExpressionError(
        `$${uniqueFunction} needs at least one argument: the values to try, in order.`,
      );
    }
  }

  private checkCount(name: string, given: Node[]): void {
    const known = mappingFunctions.get(name);
    if (!known || this.bound.has(name)) return;
    const { parameters, least, repeats } = known;
    const form = `$${name}(${parameters.join(', ')}${repeats ? ', …' : ''})`;
    if (given.length < least) {
      throw new ExpressionError(`${form} needs at least ${least} arguments, and has ${given.length}.`);
    }
    if (!repeats && given.length > parameters.length) {
      throw new ExpressionError(
        `${form} takes at most ${parameters.length} arguments, and has ${given.length}.`,
      );
    }
    if (name === 'Switch' && given.length % 2 !== 0) {
      throw new ExpressionError(
        `${form} needs a value for each key: ${given.length} arguments, an even number is due.`,
      );
    }
  }

  private variable({ value, position }: Node): void {
    const name = String(value);
    if (name === '' || name === '$' || this.bound.has(name) || jsonataFunctions.has(name)) return;
    if (mappingFunctions.has(name)) return void this.functions.add(name);
    const reason = refusedFunctions.get(name);
    if (reason !== undefined) throw new ExpressionError(`$${name} is not offered: it ${reason}`);
    const all = [...mappingFunctions.keys(), ...jsonataFunctions, uniqueFunction];
    const near = all.find((each) => each.toLowerCase() === name.toLowerCase());
    const remedy = near
      ? `Write $${near}.`
      : 'Check its spelling; the functions are listed in docs/mapping.md.';
    throw new ExpressionError(`$${name} (${where({ position })}) is not known. ${remedy}`);
  }
}

const literals = new Set(['string', 'number', 'value']);
const where = ({ position }: { position?: number }) => `at character ${position ?? 0}`;

function withoutPredicates(node: Node): Node {
  const { predicate: _predicate, stages: _stages, ...rest } = node;
  return rest;
}

function outermost(root: Node): Node | undefined {
  if (root.type === 'block') {
    const last = (root.expressions as Node[]).at(-1);
    return last && outermost(last);
  }
  const procedure = root.procedure as Node | undefined;
  return root.type === 'function' && procedure?.value === uniqueFunction ? root : undefined;
}

/** Links of the parser's own, which lead back up. */
const links = new Set(['ancestor', 'slot', 'seekingParent', 'predicate', 'stages']);

function children(node: Node): Node[] {
  return Object.entries(node).flatMap(([key, value]) => (links.has(key) ? [] : nodesIn(value)));
}

function nodesIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return [];
  return [value as Node];
}
