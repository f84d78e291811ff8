"Write README.md from nbs/index.ipynb as it stands, nothing is run: `python .ci/readme.py`; with `--check`, only say whether it is in sync."
import base64, json, re, sys
from pathlib import Path

root = Path(__file__).resolve().parents[1]
pictures = Path('nbs/index_files')
text, files = [], {}

def fence(s, word=''): text.append(f'```{word}\n{s.strip()}\n```')

def show(output):
    "One output of a cell: a picture, Markdown or text."
    data = {k: ''.join(v) for k,v in output.get('data', {'text/plain': output.get('text', '')}).items()}
    if 'image/png' in data:
        name = pictures/f'{len(files)}.png'
        files[name] = base64.b64decode(data['image/png'])
        text.append(f'![]({name.as_posix()})')
    elif 'text/markdown' in data: text.append(data['text/markdown'].strip())
    else: fence(data['text/plain'])

for cell in json.loads((root/'nbs/index.ipynb').read_text(encoding='utf-8'))['cells']:
    source = ''.join(cell['source'])
    if '#| hide\n' in source: continue
    if cell['cell_type'] == 'markdown': text.append(source.strip())
    elif cell['cell_type'] == 'code':
        if 'echo: false' not in source: fence(re.sub(r'^#\|.*\n', '', source, flags=re.M), 'python')
        for output in cell['outputs']: show(output)

readme = '\n\n'.join(text)
readme = re.sub(r'\]\((?!https?:|#|nbs/)', '](nbs/', readme).replace('](nbs/../', '](') + '\n'    # links start at the root now
files[Path('README.md')] = readme.encode()
if '--check' in sys.argv:
    old = [p for p in (root/pictures).glob('*') if p.relative_to(root) not in files]
    off = [str(p) for p,b in files.items() if not (root/p).exists() or (root/p).read_bytes() != b] + [str(p.relative_to(root)) for p in old]
    sys.exit(f"out of sync with nbs/index.ipynb: {', '.join(off)}; run python .ci/readme.py" if off else 0)
for p in (root/pictures).glob('*'): p.unlink()
for p,b in files.items(): (root/p).parent.mkdir(exist_ok=True); (root/p).write_bytes(b)
