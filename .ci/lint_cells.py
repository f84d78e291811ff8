"List the cells that mix imports with other code: building the site runs cells that import or export and no others, so there such a cell misses its names."
import ast, json, sys
from pathlib import Path

def mixed(source):
    "Whether a cell that is not exported has an import and something else."
    if any(line.startswith('#| export') for line in source.splitlines()): return False
    lines = ast.parse('\n'.join('' if l.startswith(('%','!')) else l for l in source.splitlines())).body
    has = [any(isinstance(n, (ast.Import,ast.ImportFrom)) for n in ast.walk(line)) for line in lines]
    return any(has) and not all(isinstance(l, (ast.Import,ast.ImportFrom)) for l in lines)

bad = []
for path in sorted((Path(__file__).resolve().parents[1]/'nbs').rglob('*.ipynb')):
    if any(p.startswith('.') for p in path.parts[-2:]): continue
    cells = json.loads(path.read_text(encoding='utf-8'))['cells']
    bad += [f'{path.name}, cell {i}' for i,c in enumerate(cells) if c['cell_type'] == 'code' and mixed(''.join(c['source']))]
sys.exit('imports mixed with other code:\n' + '\n'.join(bad) if bad else 0)
