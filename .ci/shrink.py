"Make the stored outputs of notebooks small: 96 colours are enough to see what a picture shows, and what progress bars and workers leave behind says nothing. `python .ci/shrink.py [notebook ...]`, all of them if none is named; what is small stays as it is."
import base64, io, json, sys
from pathlib import Path
from PIL import Image

def smaller(png):
    "The picture `png` (base64) with a palette, or as it is if that gains nothing."
    picture = Image.open(io.BytesIO(base64.b64decode(png)))
    if picture.mode == 'P' and picture.convert('RGB').getcolors(96): return png
    out = io.BytesIO()
    picture.convert('RGB').quantize(96, method=Image.Quantize.MAXCOVERAGE, kmeans=5, dither=Image.Dither.NONE).save(out, 'png', optimize=True)
    new = base64.b64encode(out.getvalue()).decode()
    return new + png[len(png.rstrip()):] if len(new) < len(png) else png    # Jupyter ends it with a line break

root = Path(__file__).resolve().parents[1]
before = after = 0
for path in [Path(a) for a in sys.argv[1:]] or sorted(p for p in (root/'nbs').rglob('*.ipynb') if '.ipynb_checkpoints' not in p.parts):
    text = path.read_text(encoding='utf-8')
    book = json.loads(text)
    book['metadata'].pop('widgets', None)
    for c in book['cells']:
        if 'outputs' in c: c['outputs'] = [o for o in c['outputs'] if o.get('name') != 'stderr' and not any(noise in json.dumps(o) for noise in ('%|','(raylet)'))]
    for data in [o['data'] for c in book['cells'] for o in c.get('outputs', []) if 'image/png' in o.get('data', {})]:
        data.pop('image/jpeg', None)    # the same picture again
        data['image/png'] = smaller(''.join(data['image/png']))
    new = json.dumps(book, indent=1, ensure_ascii=False, sort_keys=True) + '\n'
    before,after = before+len(text.encode()), after+len(new.encode())
    if new != text: path.write_text(new, encoding='utf-8')
print(f'{before/1e6:.2f} MB before, {after/1e6:.2f} MB after')
