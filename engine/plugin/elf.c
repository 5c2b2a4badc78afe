/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/elf.h>

#include <errno.h>
#include <link.h>
#include <string.h>

#define QUERY	    "sl_plugin_query"
#define PHDRS_MAX   64
#define DYNAMIC_MAX 512
#define GOT_HEAD    3 /* words before the first entry of the PLT's table */
/* What the C start files bring: __dso_handle, and a flag with its padding. */
#define START_DATA (2 * sizeof(void *))

#define REFUSE(...) sl_err_set(err, -EINVAL, __VA_ARGS__)

#if __SIZEOF_POINTER__ == 8
#define CLASS	    ELFCLASS64
#define SYM_BIND    ELF64_ST_BIND
#define SYM_VISIBLE ELF64_ST_VISIBILITY
#else
#define CLASS	    ELFCLASS32
#define SYM_BIND    ELF32_ST_BIND
#define SYM_VISIBLE ELF32_ST_VISIBILITY
#endif
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define DATA ELFDATA2LSB
#else
#define DATA ELFDATA2MSB
#endif
#if defined(__x86_64__)
#define MACHINE EM_X86_64
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#else
#define MACHINE EM_NONE /* any: the dynamic linker will say */
#endif

/* Sanitizers bring what we do not allow. */
#if defined(SLUICE_SANITIZED)
static bool is_strict = false;
#else
static bool is_strict = true; /* main sets it, before it loads anything */
#endif

struct elf {
	const char *file;
	struct sl_span bytes;
	unsigned n_phdrs;
	ElfW(Phdr) phdrs[PHDRS_MAX];
	/* Of the dynamic section; 0: absent. */
	uint64_t strtab, strsz, symtab, gnu_hash, hash, pltgot, pltrelsz;
	uint64_t init_array, fini_array, preinit_array; /* bytes */
	bool has_init, has_textrel, has_pltrel_rela;
	unsigned n_needed;
	uint64_t needed[8]; /* in the string table */
};

/* 'n' bytes at 'off' of the file; NULL: not all are in it. */
static const uint8_t *
at_offset(const struct elf *e, uint64_t off, uint64_t n)
{
	if (off > e->bytes.len || n > e->bytes.len - off)
		return NULL;
	return e->bytes.data + off;
}

/* The same by address, of what is mapped from the file. */
static const uint8_t *
at_address(const struct elf *e, uint64_t addr, uint64_t n)
{
	for (unsigned i = 0; i < e->n_phdrs; i++) {
		const ElfW(Phdr) *p = &e->phdrs[i];

		if (p->p_type != PT_LOAD || addr < p->p_vaddr ||
		    addr - p->p_vaddr > p->p_filesz ||
		    n > p->p_filesz - (addr - p->p_vaddr))
			continue;
		return at_offset(e, p->p_offset + (addr - p->p_vaddr), n);
	}
	return NULL;
}

/* A string of the string table; NULL: it does not end there. */
static const char *
string_at(const struct elf *e, uint64_t off)
{
	const uint8_t *s;

	if (off >= e->strsz)
		return NULL;
	s = at_address(e, e->strtab + off, e->strsz - off);
	return s && memchr(s, '\0', e->strsz - off) ? (const char *)s : NULL;
}

static int
read_headers(struct elf *e, struct sl_err *err)
{
	const uint8_t *p = at_offset(e, 0, sizeof(ElfW(Ehdr)));
	ElfW(Ehdr) h;

	if (!p || memcmp(p, ELFMAG, SELFMAG) != 0)
		return REFUSE("%s: is no ELF file, wanted one", e->file);
	memcpy(&h, p, sizeof(h));
	if (h.e_ident[EI_CLASS] != CLASS || h.e_ident[EI_DATA] != DATA ||
	    (MACHINE != EM_NONE && h.e_machine != MACHINE))
		return REFUSE("%s: is for another machine (%u), wanted ours",
		    e->file, h.e_machine);
	if (h.e_type != ET_DYN)
		return REFUSE("%s: ELF type is %u, wanted %u (shared object)",
		    e->file, h.e_type, ET_DYN);
	if (h.e_phentsize != sizeof(ElfW(Phdr)) || h.e_phnum == 0 ||
	    h.e_phnum > PHDRS_MAX)
		return REFUSE("%s: has %u program headers, wanted 1 to %d",
		    e->file, h.e_phnum, PHDRS_MAX);
	p = at_offset(e, h.e_phoff, h.e_phnum * sizeof(ElfW(Phdr)));
	if (!p)
		return REFUSE("%s: is cut off, wanted all of it", e->file);
	memcpy(e->phdrs, p, h.e_phnum * sizeof(ElfW(Phdr)));
	e->n_phdrs = h.e_phnum;
	return 0;
}

static void
take_entry(struct elf *e, const ElfW(Dyn) * d)
{
	const struct {
		int64_t tag;
		uint64_t *to;
	} facts[] = {
	    {DT_STRTAB, &e->strtab},
	    {DT_STRSZ, &e->strsz},
	    {DT_SYMTAB, &e->symtab},
	    {DT_GNU_HASH, &e->gnu_hash},
	    {DT_HASH, &e->hash},
	    {DT_PLTGOT, &e->pltgot},
	    {DT_PLTRELSZ, &e->pltrelsz},
	    {DT_INIT_ARRAYSZ, &e->init_array},
	    {DT_FINI_ARRAYSZ, &e->fini_array},
	    {DT_PREINIT_ARRAYSZ, &e->preinit_array},
	};

	for (size_t i = 0; i < SL_COUNT_OF(facts); i++)
		if (d->d_tag == facts[i].tag)
			*facts[i].to = d->d_un.d_val;
	if (d->d_tag == DT_INIT)
		e->has_init = true;
	if (d->d_tag == DT_TEXTREL ||
	    (d->d_tag == DT_FLAGS && (d->d_un.d_val & DF_TEXTREL)))
		e->has_textrel = true;
	if (d->d_tag == DT_PLTREL)
		e->has_pltrel_rela = d->d_un.d_val == DT_RELA;
	if (d->d_tag == DT_NEEDED && e->n_needed < SL_COUNT_OF(e->needed))
		e->needed[e->n_needed++] = d->d_un.d_val;
}

static int
read_dynamic(struct elf *e, struct sl_err *err)
{
	const ElfW(Phdr) *dynamic = NULL;
	uint64_t n;

	for (unsigned i = 0; i < e->n_phdrs; i++)
		if (e->phdrs[i].p_type == PT_DYNAMIC)
			dynamic = &e->phdrs[i];
	n = dynamic ? dynamic->p_filesz / sizeof(ElfW(Dyn)) : 0;
	if (n == 0 || n > DYNAMIC_MAX)
		return REFUSE("%s: has %llu dynamic entries, wanted 1 to %d",
		    e->file, (unsigned long long)n, DYNAMIC_MAX);
	for (uint64_t i = 0; i < n; i++) {
		const uint8_t *p =
		    at_offset(e, dynamic->p_offset + i * sizeof(ElfW(Dyn)),
			sizeof(ElfW(Dyn)));
		ElfW(Dyn) d;

		if (!p)
			return REFUSE(
			    "%s: is cut off, wanted all of it", e->file);
		memcpy(&d, p, sizeof(d));
		if (d.d_tag == DT_NULL)
			break;
		take_entry(e, &d);
	}
	return 0;
}

static uint32_t
word_at(const struct elf *e, uint64_t addr, bool *ok)
{
	const uint8_t *p = at_address(e, addr, sizeof(uint32_t));
	uint32_t word = 0;

	if (p)
		memcpy(&word, p, sizeof(word));
	else
		*ok = false;
	return word;
}

/* The symbols there are, by the GNU hash table: the last chain's end. */
static uint64_t
count_by_gnu_hash(const struct elf *e, bool *ok)
{
	uint32_t n_buckets = word_at(e, e->gnu_hash, ok);
	uint32_t first = word_at(e, e->gnu_hash + 4, ok);
	uint32_t n_bloom = word_at(e, e->gnu_hash + 8, ok);
	uint64_t buckets =
	    e->gnu_hash + 16 + (uint64_t)n_bloom * sizeof(ElfW(Addr));
	uint64_t chains = buckets + 4ull * n_buckets;
	uint32_t last = 0;

	for (uint32_t i = 0; *ok && i < n_buckets; i++) {
		uint32_t sym = word_at(e, buckets + 4ull * i, ok);

		last = SL_MAX(last, sym);
	}
	if (last < first) /* nothing is exported */
		return *ok ? first : 0;
	while (*ok && !(word_at(e, chains + 4ull * (last - first), ok) & 1))
		last++;
	return (uint64_t)last + 1;
}

static int
count_symbols(const struct elf *e, uint64_t *n, struct sl_err *err)
{
	bool ok = e->gnu_hash || e->hash;

	*n = 0;
	if (e->gnu_hash)
		*n = count_by_gnu_hash(e, &ok);
	else if (e->hash)
		*n = word_at(e, e->hash + 4, &ok);
	if (!ok || !at_address(e, e->symtab, *n * sizeof(ElfW(Sym))))
		return REFUSE(
		    "%s: symbol table is broken, wanted a whole one", e->file);
	return 0;
}

/* Names, or "prefix*". */
static const char *const imports[] = {"memcpy", "memmove", "memset", "memcmp",
    "memchr", "memmem", "memrchr", "strlen", "strnlen", "strcmp", "strncmp",
    "strcasecmp", "strncasecmp", "strchr", "strrchr", "strstr", "strcasestr",
    "strcpy", "strncpy", "strtoul", "strtol", "strtoull", "strtoll", "strspn",
    "strcspn", "snprintf", "vsnprintf", "isdigit", "isalpha", "isspace",
    "isxdigit", "tolower", "toupper", "__ctype_b_loc", "__ctype_tolower_loc",
    "__ctype_toupper_loc", "__isoc23_strtoul", "__isoc23_strtol",
    "__isoc23_strtoull", "__isoc23_strtoll", "__mem*_chk", "__str*_chk",
    "__snprintf_chk", "__vsnprintf_chk", "__stack_chk_fail", "__cxa_finalize",
    "__gmon_start__", "_ITM_*"};

static bool
is_like(const char *symbol, const char *pattern)
{
	const char *star = strchr(pattern, '*');
	size_t head = star ? (size_t)(star - pattern) : 0, len, tail;

	if (!star)
		return strcmp(symbol, pattern) == 0;
	len = strlen(symbol);
	tail = strlen(star + 1);
	return len >= head + tail && memcmp(symbol, pattern, head) == 0 &&
	       strcmp(symbol + len - tail, star + 1) == 0;
}

bool
sl_elf_may_import(const char *symbol)
{
	for (size_t i = 0; i < SL_COUNT_OF(imports); i++)
		if (is_like(symbol, imports[i]))
			return true;
	return false;
}

static ElfW(Sym) symbol_at(const struct elf *e, uint64_t i)
{
	ElfW(Sym) s;

	memcpy(
	    &s, at_address(e, e->symtab + i * sizeof(s), sizeof(s)), sizeof(s));
	return s;
}

static bool
has_query(const struct elf *e, uint64_t n)
{
	for (uint64_t i = 1; i < n; i++) {
		ElfW(Sym) s = symbol_at(e, i);
		const char *name = string_at(e, s.st_name);

		if (s.st_shndx != SHN_UNDEF && name && strcmp(name, QUERY) == 0)
			return true;
	}
	return false;
}

static int
check_symbol(const struct elf *e, uint64_t i, struct sl_err *err)
{
	ElfW(Sym) s = symbol_at(e, i);
	const char *name = string_at(e, s.st_name);

	if (!name)
		return REFUSE(
		    "%s: string table is broken, wanted a whole one", e->file);
	if (SYM_BIND(s.st_info) == STB_LOCAL || !is_strict)
		return 0;
	if (s.st_shndx == SHN_UNDEF)
		return sl_elf_may_import(name)
			   ? 0
			   : REFUSE("%s: imports %.64s, wanted nothing but "
				    "plain functions of libc",
				 e->file, name);
	if (SYM_VISIBLE(s.st_other) == STV_HIDDEN ||
	    SYM_VISIBLE(s.st_other) == STV_INTERNAL || strcmp(name, QUERY) == 0)
		return 0;
	return REFUSE(
	    "%s: exports %.64s, wanted " QUERY " alone", e->file, name);
}

static int
check_symbols(const struct elf *e, struct sl_err *err)
{
	uint64_t n;
	int rc;

	if ((rc = count_symbols(e, &n, err)))
		return rc;
	if (!has_query(e, n))
		return REFUSE(
		    "%s: symbol " QUERY " is missing, wanted it", e->file);
	for (uint64_t i = 1; i < n && !rc; i++)
		rc = check_symbol(e, i, err);
	return rc;
}

static int
check_constructors(const struct elf *e, struct sl_err *err)
{
	/* The start files' own entry, where there are start files. */
	uint64_t own = e->has_init ? sizeof(ElfW(Addr)) : 0;

	if (e->init_array > own || e->preinit_array)
		return REFUSE("%s: has a constructor, wanted none", e->file);
	if (e->fini_array > own)
		return REFUSE("%s: has a destructor, wanted none", e->file);
	return 0;
}

static uint64_t
overlap(const ElfW(Phdr) * p, uint64_t from, uint64_t n)
{
	uint64_t lo = SL_MAX((uint64_t)p->p_vaddr, from);
	uint64_t hi = SL_MIN((uint64_t)p->p_vaddr + p->p_memsz, from + n);

	return hi > lo ? hi - lo : 0;
}

/* Writable bytes that stay so: neither read-only after relocation nor the linker's
 * table of functions, which is of the part that it does not make read-only. */
static uint64_t
count_writable(const struct elf *e)
{
	uint64_t rel =
	    e->has_pltrel_rela ? sizeof(ElfW(Rela)) : sizeof(ElfW(Rel));
	uint64_t got =
	    e->pltgot ? (GOT_HEAD + e->pltrelsz / rel) * sizeof(ElfW(Addr)) : 0;
	uint64_t sum = 0;

	for (unsigned i = 0; i < e->n_phdrs; i++) {
		const ElfW(Phdr) *p = &e->phdrs[i];
		uint64_t end, kept = 0;

		if (p->p_type != PT_LOAD || !(p->p_flags & PF_W))
			continue;
		end = p->p_vaddr;
		for (unsigned j = 0; j < e->n_phdrs; j++) {
			const ElfW(Phdr) *r = &e->phdrs[j];

			if (r->p_type != PT_GNU_RELRO)
				continue;
			kept += overlap(p, r->p_vaddr, r->p_memsz);
			end = SL_MAX(end, (uint64_t)r->p_vaddr + r->p_memsz);
		}
		if (e->pltgot + got > end && e->pltgot)
			kept += overlap(p, SL_MAX(e->pltgot, end),
			    e->pltgot + got - SL_MAX(e->pltgot, end));
		sum += p->p_memsz - SL_MIN(kept, (uint64_t)p->p_memsz);
	}
	return sum;
}

static int
check_segments(const struct elf *e, struct sl_err *err)
{
	uint64_t writable;

	for (unsigned i = 0; i < e->n_phdrs; i++) {
		const ElfW(Phdr) *p = &e->phdrs[i];

		if (p->p_type == PT_TLS)
			return REFUSE(
			    "%s: has thread-local data, wanted none", e->file);
		if (p->p_type == PT_GNU_STACK && (p->p_flags & PF_X))
			return REFUSE("%s: wants an executable stack, wanted "
				      "a plain one",
			    e->file);
	}
	writable = count_writable(e);
	if (writable > START_DATA)
		return REFUSE("%s: has %llu bytes of writable data, wanted at "
			      "most the %zu of the start files",
		    e->file, (unsigned long long)writable, START_DATA);
	if (e->has_textrel)
		return REFUSE("%s: has code that is not position-independent, "
			      "wanted -fPIC",
		    e->file);
	return 0;
}

static int
check_needed(const struct elf *e, struct sl_err *err)
{
	static const char *const libraries[] = {
	    "libc.so*", "libc.musl*", "ld-linux*", "ld-musl*"};

	for (unsigned i = 0; i < e->n_needed; i++) {
		const char *name = string_at(e, e->needed[i]);
		bool is_libc = false;

		for (size_t j = 0; name && j < SL_COUNT_OF(libraries); j++)
			is_libc |= strncmp(name, libraries[j],
				       strlen(libraries[j]) - 1) == 0;
		if (!is_libc)
			return REFUSE("%s: needs %.64s, wanted nothing but "
				      "libc",
			    e->file, name ? name : "a library without a name");
	}
	return 0;
}

int
sl_elf_check(const char *file, struct sl_span bytes, struct sl_err *err)
{
	struct elf e = {.file = file, .bytes = bytes};
	int rc;

	if ((rc = read_headers(&e, err)) || (rc = read_dynamic(&e, err)) ||
	    (rc = check_symbols(&e, err)))
		return rc;
	if (!is_strict)
		return 0;
	if ((rc = check_constructors(&e, err)) ||
	    (rc = check_segments(&e, err)))
		return rc;
	return check_needed(&e, err);
}

void
sl_elf_allow_sanitizers(void)
{
	is_strict = false;
}
