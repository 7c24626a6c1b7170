// Takes a WebAssembly module apart: the first part draws the first screen, and a page loads the rest while the person reads that
// screen. Both share memory and tables. It works on the text that binaryen's wasm-dis writes, and gives imports and exports short
// names on the way, because the long ones hardly compress.
//
// A function is of the rest if its name says so, or if only functions of the rest call it. The first part calls the rest through
// doors: places of the table, which hold a trap until the rest has come. The Rust code goes through a door only once it knows that
// the rest is there (`AkibaSelfie::held`).

const NAME = String.raw`\$(?:"(?:[^"\\]|\\.)*"|[^\s()]+)`;
const USED = new RegExp(String.raw`\((?:call|return_call|ref\.func) (${NAME})`, 'g');
const HEAD = new RegExp(String.raw`^\(func (${NAME})(?: \(type [^()]*\))?((?: \((?:param|result)[^()]*\))*)`);
const IMPORT = new RegExp(String.raw`^\(import "([^"]*)" "([^"]*)"( \(\w+ (${NAME}).*)$`);
const EXPORT = new RegExp(String.raw`^\(export "([^"]*)" \((\w+) (${NAME})\)\)`);
const TABLE = new RegExp(String.raw`^\(table (${NAME}) (\d+) \d+ funcref\)`);
const ELEMENTS = new RegExp(String.raw`^\(elem (?:${NAME} )?(?:\(table ${NAME}\) )?\(i32\.const (\d+)\) func (.*)\)$`);
const TYPED = new RegExp(String.raw`^\(\w+ (${NAME})((?: (?:\d+|\w+ref|[if]\d\d|\(mut \w+\)))+)`);

/**
 * A function with a text shorter than this stays in the first part: binaryen may have made it one with another function, and kept
 * the name of either.
 */
const SMALL = 2500;

/** The modules that a part imports: the JavaScript, and the first part. */
export const [SCRIPT, FIRST] = ['a', 'b'];
const ABSENT = '$absent';

/**
 * Returns the text of both parts, and the new names.
 * @param {string} wat
 * @param {{ later: RegExp, doors: RegExp[] }} behind the names of functions that belong to the rest, and of those among them that
 *   the first part calls. Where a function is of the first part in spite of its name, what it calls may be a door, too.
 */
export function split(wat, { later, doors }) {
  const forms = wat
    .trim()
    .replace(/^\(module[^(]*/, '')
    .replace(/\s*\)$/, '')
    .split(/\n (?=\()/);
  const of = (/** @type {string} */ kind) => forms.filter((form) => form.startsWith(`(${kind} `));
  /** Each function with its parameters and results, and what it calls. */
  const functions = new Map(
    of('func').map((form) => {
      const [, name, type] = match(HEAD, form);
      return [name, { form, type, uses: [...form.matchAll(USED)].map(([, used]) => used) }];
    }),
  );
  const [, table, size] = match(TABLE, of('table').find((form) => TABLE.test(form)) ?? '');
  /** What the table holds. @type {Map<number, string>} */
  const places = new Map();
  for (const form of of('elem')) {
    const [, at, names] = match(ELEMENTS, form);
    for (const [index, name] of (names.match(new RegExp(NAME, 'g')) ?? []).entries())
      places.set(Number(at) + index, name);
  }
  const begin = Math.min(...places.keys());
  const exported = of('export').map((form) => match(EXPORT, form));

  const isDoor = (/** @type {string} */ name) => doors.some((door) => door.test(name));
  const isLate = (/** @type {string} */ name) => later.test(name) && (functions.get(name)?.form.length ?? 0) > SMALL;
  const roots = [...exported.map(([, , , name]) => name), ...places.values()];
  const first = new Set(roots.filter((name) => functions.has(name) && !isDoor(name) && !isLate(name)));
  /** The functions of the rest that the first part calls. @type {Set<string>} */
  const called = new Set();
  for (const name of first) {
    for (const other of functions.get(name)?.uses ?? []) {
      if (!functions.has(other)) continue;
      if (isDoor(other) || (later.test(name) && isLate(other))) called.add(other);
      else first.add(other);
    }
  }
  for (const door of doors) {
    if (![...called].some((name) => door.test(name))) throw new Error(`split: the first part has no door ${door}`);
  }
  const inside = [...functions].filter(([name]) => first.has(name)).map(([, { form }]) => form);
  const behind = [...functions].filter(([name]) => !first.has(name));

  const importName = shortNames();
  const imports = of('import').map((form) => {
    const [, module, name, what] = match(IMPORT, form);
    const short = importName();
    return { module, name, short, form: `(import "${SCRIPT}" "${short}"${what}` };
  });
  const exportName = shortNames();
  const exports = exported.map(([, name, kind, id]) => ({ name, short: exportName(), kind, id }));
  /** Returns how the rest imports something of the first part. @param {string} kind @param {string} id @param {string} type */
  const shared = (kind, id, type) => {
    const known = exports.find((one) => one.kind === kind && one.id === id);
    const it = known ?? { name: '', short: exportName(), kind, id };
    if (!known) exports.push(it);
    return `(import "${FIRST}" "${it.short}" (${kind} ${id}${type}))`;
  };
  const needed = new Set(behind.flatMap(([, { uses }]) => uses));
  const borrowed = [
    ...['memory', 'table', 'global'].flatMap((kind) =>
      of(kind).map((form) => {
        const [, id, type] = match(TYPED, form);
        return shared(kind, id, kind === 'table' && id === table ? ` ${size} funcref` : type);
      }),
    ),
    ...[...first]
      .filter((name) => needed.has(name))
      .map((name) => shared('func', name, functions.get(name)?.type ?? '')),
  ];

  const doorways = [...called].map((name, index) =>
    doorway(name, functions.get(name)?.type ?? '', table, Number(size) + index),
  );
  const length = Number(size) + called.size;
  const held = Array.from({ length: Number(size) - begin }, (_, index) => places.get(begin + index) ?? ABSENT);
  const isBehind = (/** @type {string} */ name) => functions.has(name) && !first.has(name);
  for (const [index, name] of [...called].entries()) places.set(Number(size) + index, name);

  return {
    first: module(
      of('type'),
      imports.map(({ form }) => form),
      of('global'),
      of('memory'),
      of('data'),
      of('table').map((form) => form.replace(TABLE, `(table ${table} ${length} ${length} funcref)`)),
      [
        elements(
          table,
          begin,
          held.map((name) => (isBehind(name) ? ABSENT : name)),
        ),
      ],
      exports.map(({ short, kind, id }) => `(export "${short}" (${kind} ${id}))`),
      inside,
      doorways,
      [`(func ${ABSENT} (unreachable))`],
    ),
    rest: module(
      of('type'),
      imports.map(({ form }) => form),
      borrowed,
      [...places].filter(([, name]) => isBehind(name)).map(([at, name]) => elements(table, at, [name])),
      behind.map(([, { form }]) => form),
    ),
    imports: /** @type {[string, string, string][]} */ (
      imports.map(({ module, name, short }) => [module, name, short])
    ),
    exports: /** @type {[string, string][]} */ (exports.flatMap(({ name, short }) => (name ? [[name, short]] : []))),
  };
}

/** Returns a function that calls the one of the same name, at this place of the table. @param {string} name @param {string} type @param {string} table @param {number} place */
function doorway(name, type, table, place) {
  const types = [...type.matchAll(/\(param (?:\$[^\s()]+ )?([^()]*)\)/g)].flatMap(([, some]) => some.split(' '));
  const results = [...type.matchAll(/ \(result [^()]*\)/g)].join('');
  const named = types.map((one, at) => ` (param $${at} ${one})`).join('');
  const bare = types.map((one) => ` (param ${one})`).join('');
  const values = types.map((_, at) => ` (local.get $${at})`).join('');
  return `(func ${name}${named}${results} (call_indirect ${table}${bare}${results}${values} (i32.const ${place})))`;
}

/** @param {string} table @param {number} at @param {string[]} names */
const elements = (table, at, names) => `(elem (table ${table}) (i32.const ${at}) func ${names.join(' ')})`;

/** @param {...string[]} parts */
const module = (...parts) => `(module\n ${parts.flat().join('\n ')}\n)\n`;

/** Returns a function that returns another short name with each call. */
function shortNames() {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  let count = 0;
  return () => {
    let name = '';
    for (let rest = count; rest >= 0; rest = Math.floor(rest / letters.length) - 1) {
      name = letters[rest % letters.length] + name;
    }
    count += 1;
    return name;
  };
}

/** Returns the match, which must be there. @param {RegExp} what @param {string} form */
function match(what, form) {
  const found = what.exec(form);
  if (!found) throw new Error(`split: «${form.slice(0, 80)}» is not of the form that binaryen writes`);
  return found;
}
