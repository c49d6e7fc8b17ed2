package index

// pool keeps very many short lists of numbers in few pieces of memory: each by itself would take as much again for saying where it is. A list stands
// behind a word with its length and its room.
type pool struct {
	chunks [][]uint32
	free   [1 << roomBits][]uint32 // places that lists have left, by room
	used   uint32                  // words of the last chunk
}

const (
	poolBits  = 14
	poolChunk = 1 << poolBits // words: room for several of the longest lists
	roomBits  = 6
)

// roomsOf are the lengths for which there are places: a place has little more room than its list needs.
func roomsOf() (out [1 << roomBits]int) {
	n := 2
	for i := range out {
		out[i] = n
		n += 1 + n/6
	}
	return out
}

var rooms = roomsOf()

// at is a place: its word, and all behind it.
func (p *pool) at(place uint32) []uint32 {
	return p.chunks[place>>poolBits][place&(poolChunk-1):]
}

// list at a place. It holds until the list changes.
func (p *pool) list(place uint32) []uint32 {
	block := p.at(place)
	return block[1 : 1+block[0]>>roomBits]
}

// put keeps a list of two numbers.
func (p *pool) put(a, b uint32) uint32 {
	place := p.take(0)
	block := p.at(place)
	block[0], block[1], block[2] = 2<<roomBits, a, b
	return place
}

// take finds a place with some room.
func (p *pool) take(room uint32) uint32 {
	if n := len(p.free[room]); n > 0 {
		place := p.free[room][n-1]
		p.free[room] = p.free[room][:n-1]
		return place
	}
	need := uint32(rooms[room]) + 1
	if len(p.chunks) == 0 || p.used+need > poolChunk {
		p.chunks, p.used = append(p.chunks, make([]uint32, poolChunk)), 0
	}
	place := uint32(len(p.chunks)-1)<<poolBits | p.used
	p.used += need
	return place
}

// add puts one more on a list, and gives the place where it is now.
func (p *pool) add(place, x uint32) uint32 {
	block := p.at(place)
	n, room := block[0]>>roomBits, block[0]&(1<<roomBits-1)
	if int(n) == rooms[room] {
		wider := p.take(room + 1)
		copy(p.at(wider)[1:], block[1:1+n])
		p.free[room] = append(p.free[room], place)
		place, room = wider, room+1
		block = p.at(place)
	}
	block[0], block[1+n] = (n+1)<<roomBits|room, x
	return place
}

// remove takes one from a list.
func (p *pool) remove(place, x uint32) {
	block, left := p.at(place), without(p.list(place), x)
	block[0] = uint32(len(left))<<roomBits | block[0]&(1<<roomBits-1)
}

// drop gives up a list.
func (p *pool) drop(place uint32) {
	room := p.at(place)[0] & (1<<roomBits - 1)
	p.free[room] = append(p.free[room], place)
}
